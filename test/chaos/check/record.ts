import { createHash } from 'node:crypto';
import type { Evidence, Line, Note, Remediation } from './evidence.ts';
import { replies } from './replies.ts';

/*
 * What is written down, and that nothing is left to do.
 */

/** The states and what may follow each. A list of its own, so that the program's own cannot vouch for itself. */
const moves: Readonly<Record<string, readonly string[]>> = {
  requested: ['evaluated', 'blocked', 'no_action', 'failed'],
  evaluated: ['waiting', 'approved', 'blocked', 'failed'],
  waiting: ['waiting', 'approved', 'rejected', 'expired'],
  approved: ['approved', 'executing', 'superseded', 'expired', 'failed'],
  executing: ['executing', 'verifying', 'failed'],
  verifying: ['verifying', 'learning'],
  learning: ['succeeded', 'failed', 'inconclusive'],
};

/** A final state is left by no move. */
const isFinal = (state: string): boolean => moves[state] === undefined;

const movesOnly = (lines: readonly Line[]): readonly Line[] => lines.filter(({ kind }) => kind === 'move');

/** Every move is one of those listed, from where the one before ended, each version once; the row is where the last ended. */
export function movedInOrder({ remediations, lines }: Evidence): string[] {
  const linesOf = Map.groupBy(movesOnly(lines), ({ remediation_id }) => remediation_id ?? '');
  return remediations.flatMap(({ id, number, state, version }) => {
    const own = linesOf.get(id) ?? [];
    const wrong = own.flatMap(({ version: at, from_state, to_state }, index) => {
      if (at !== index) return [`remediation ${number}: move ${index} has version ${at}`];
      if (from_state !== (own[index - 1]?.to_state ?? null))
        return [`remediation ${number}: move ${index} begins at ${from_state}, where it was not`];
      const allowed = from_state === null ? ['requested'] : (moves[from_state] ?? []);
      return allowed.includes(to_state)
        ? []
        : [`remediation ${number}: ${from_state} to ${to_state} is no move`];
    });
    const last = own.at(-1);
    return last?.to_state === state && last.version === version
      ? wrong
      : [...wrong, `remediation ${number} is ${state} at version ${version}, its last move says otherwise`];
  });
}

/** The weight of the newest outcome and the score before there is any, as the documentation gives them. */
const [alpha, untried] = [0.2, 0.5];

/**
 * The trust in a playbook is what its verdicts make it: each incident in which something did not work, or whose owner the same
 * playbook had to be used for again, lowers it once. What worked says nothing before it has lasted, which is hours later.
 */
export function learnedOnce({ remediations, verdicts, playbooks }: Evidence): string[] {
  const results = new Map(verdicts.map(({ remediation_id, result }) => [remediation_id, result]));
  return playbooks.flatMap(({ name, trust_score, samples }) => {
    const own = remediations.filter(({ requested_by }) => requested_by === `playbook ${name}`);
    const isAgain = ({ owner, number }: Remediation) =>
      own.some((other) => owner !== null && other.owner === owner && other.number > number);
    const wrong = own.filter((row) => {
      const result = results.get(row.id);
      return result === 'not_verified' || (result === 'verified' && isAgain(row));
    });
    const incidents = new Set(wrong.map(({ incident_id }) => incident_id)).size;
    const score = untried * (1 - alpha) ** incidents;
    const agrees = samples === incidents && Math.abs((trust_score ?? untried) - score) < 1e-12;
    return agrees
      ? []
      : [
          `the trust in ${name} is ${trust_score} after ${samples} outcomes; ${incidents} incidents make ${score}`,
        ];
  });
}

/** One text for one value: keys sorted, no spaces (RFC 8785). */
function canonical(value: Readonly<Record<string, string | number | null>>): string {
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${JSON.stringify(item)}`).join(',')}}`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function hashOf(line: Line): string {
  const {
    kind,
    actor,
    prev_hash: prev,
    remediation_id: remediation,
    version,
    event,
    data_digest: dataDigest,
  } = line;
  const [seq, at] = [Number(line.seq), line.at.toISOString()];
  const hashed = {
    seq,
    prev,
    remediation,
    version,
    event,
    from: line.from_state,
    to: line.to_state,
    dataDigest,
    at,
  };
  return sha256(canonical(kind === 'move' && actor === null ? hashed : { ...hashed, kind, actor }));
}

/** The chain is whole, and every vote has its line. That the rows are as their lines say is `firebreak audit verify`'s. */
export function chained({ lines, head, approvals }: Evidence): string[] {
  const broken = lines.find((line, index) => {
    const prev = index === 0 ? '0'.repeat(64) : lines[index - 1]?.hash;
    return Number(line.seq) !== index + 1 || line.prev_hash !== prev || line.hash !== hashOf(line);
  });
  const last = lines.at(-1);
  const votes = new Set(
    lines.flatMap(({ kind, remediation_id, actor }) => (kind === 'vote' ? `${remediation_id} ${actor}` : [])),
  );
  return [
    ...(broken === undefined ? [] : [`line ${broken.seq} of the chain does not follow from the one before`]),
    ...(Number(head?.seq) === lines.length && head?.hash === (last?.hash ?? head?.hash)
      ? []
      : [`the head names line ${head?.seq}, the last is ${last?.seq}`]),
    ...approvals
      .filter(({ remediation_id, user_id }) => !votes.has(`${remediation_id} ${user_id}`))
      .map(
        ({ remediation_id, user_id }) =>
          `the vote of ${user_id} on ${remediation_id} has no line in the chain`,
      ),
  ];
}

/**
 * By the database's own clock and triggers: no job was held by a second worker before the first had let go of it. That a
 * worker who has lost its job writes nothing more is seen in the API server's log and in the versions of the moves.
 */
export function heldByOne({ notes }: Evidence): string[] {
  const holders = new Map<string, Set<number>>();
  return notes.flatMap(({ what, subject, version }) => {
    const holding = holders.get(subject) ?? new Set();
    holders.set(subject, holding);
    if (what === 'held') holding.add(version);
    if (what === 'let go') holding.delete(version);
    return what === 'held' && holding.size > 1
      ? [`job ${subject} was held by ${holding.size} workers at once`]
      : [];
  });
}

/** States in which something is due without anybody's doing. */
const active = ['requested', 'evaluated', 'approved', 'executing', 'verifying', 'learning'];

/**
 * What has to be done next was enqueued, and what people are told was promised, by the very transaction that made the
 * move: no kill can come between.
 */
export function committedTogether({ notes }: Evidence): string[] {
  const key = ({ txid, subject, version }: Note): string => `${txid} ${subject} ${version}`;
  const jobs = new Set(notes.filter(({ what }) => what === 'job').map(key));
  const moved = new Set(notes.filter(({ what }) => what === 'move').map(key));
  /** The same transaction has moved it on: then the job is that of where it is now. */
  const wentOn = (note: Note) => moved.has(key({ ...note, version: note.version + 1 }));
  const promises = new Set(
    notes.flatMap((note) => (note.what === 'reply' ? `${key(note)} ${note.detail}` : [])),
  );
  return notes.flatMap((note) => {
    if (note.what !== 'move') return [];
    const [state = '', event = ''] = note.detail.split(' ');
    const move = `${event} (${note.subject}, version ${note.version})`;
    const reply = replies[event];
    return [
      ...(active.includes(state) && !jobs.has(key(note)) && !wentOn(note)
        ? [`what follows ${move} was enqueued apart`]
        : []),
      ...(reply !== undefined && !promises.has(`${key(note)} ${reply}`)
        ? [`what people are told of ${move} was promised apart`]
        : []),
    ];
  });
}

/** With the faults off everything has come to its end, and no work is left. */
export function atRest({ remediations, operations, leftovers }: Evidence): string[] {
  const logged = Map.groupBy(operations, ({ remediation_id }) => remediation_id);
  return [
    ...remediations
      .filter(({ state }) => !isFinal(state) && state !== 'waiting')
      .map(({ number, state }) => `remediation ${number} is still ${state}`),
    ...remediations.flatMap(({ id, number, state }) => {
      const own = logged.get(id) ?? [];
      const whole = own.length === 1 && own[0]?.open === false;
      return whole || state === 'waiting'
        ? []
        : [`remediation ${number} has ${own.length} lines in automation_operation_log, or an open one`];
    }),
    ...leftovers.map(({ what, count }) => `${count} ${what}`),
  ];
}
