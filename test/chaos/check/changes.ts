import type { Call, Evidence, Remediation, Request } from './evidence.ts';

/*
 * What was done to the cluster, and who had agreed to it.
 */

/** Every executed remediation has one verdict, and only those that were executed have one. */
export function judgedOnce({ remediations, verdicts }: Evidence): string[] {
  const filed = Map.groupBy(verdicts, ({ remediation_id }) => remediation_id);
  return remediations.flatMap(({ id, number, applied, verdict }) => {
    const own = filed.get(id) ?? [];
    if (!applied)
      return own.length === 0 ? [] : [`remediation ${number} was never executed and has a verdict`];
    if (own.length !== 1 || verdict === null)
      return [
        `remediation ${number} was executed and has ${own.length} verdicts filed, ${verdict} on its row`,
      ];
    return own[0]?.result === verdict
      ? []
      : [`remediation ${number} says ${verdict}, what was filed says ${own[0]?.result}`];
  });
}

/** After the change: what the policy of a run gives the proof, and the time of a step that has to be done again. Milliseconds. */
const deadline = 600_000 + 60_000;

/** However long Slack or the database was away. */
export const judgedInTime = ({ remediations }: Evidence): string[] =>
  remediations.flatMap(({ number, applied_at: applied, decided_at: decided }) => {
    if (applied === null || decided === null) return [];
    const took = Date.parse(decided) - Date.parse(applied);
    return took <= deadline ? [] : [`remediation ${number} was judged ${Math.round(took / 1000)} s after it`];
  });

/** Says of an execution that was given up that nobody knows whether its next call was carried out. */
const unknown = 'Whether the change was made is not known.';

/**
 * The API server saw each answered call of a plan change something exactly once, however often it was sent, and saw no
 * change that is in no plan. The call at which an execution was given up may have been carried out once. Deletions and evictions carry no field manager: those of one name are counted together, over
 * all plans, since a pod of a set comes again under the same name.
 */
export function changedOnce({ remediations, requests }: Evidence): string[] {
  const writes = requests.filter(({ changed, dryRun }) => changed && !dryRun);
  const counts = Map.groupBy(writes, keyOfRequest);
  const planned = Map.groupBy(
    remediations.flatMap((row) =>
      row.calls.map((call, at) => ({
        ...{ key: keyOfCall(row, call), row, answered: at < row.answered },
        perhaps: at === row.answered && row.failure?.includes(unknown) === true,
      })),
    ),
    ({ key }) => key,
  );
  const wrong = [...planned].flatMap(([key, calls]) => {
    const count = counts.get(key)?.length ?? 0;
    const expected = calls.filter(({ answered }) => answered).length;
    const most = expected + calls.filter(({ perhaps }) => perhaps).length;
    const numbers = calls.map(({ row }) => row.number).join(', ');
    return count >= expected && count <= most
      ? []
      : [`remediation ${numbers} did ${key} ${count} times, not ${expected}`];
  });
  const others = [...counts.keys()].filter((key) => !planned.has(key));
  return [...wrong, ...others.map((key) => `nobody planned ${key}`)];
}

/** How many changes the cluster saw that belong to remediations. */
export const changesOf = ({ requests }: Evidence): readonly Request[] =>
  requests.filter(({ changed, dryRun }) => changed && !dryRun);

const methods: Readonly<Record<string, string>> = {
  patch: 'PATCH',
  strategicMerge: 'PATCH',
  delete: 'DELETE',
  create: 'POST',
  evict: 'POST',
};

const keyOfRequest = ({ method, path, fieldManager }: Request): string =>
  `${method} ${path} ${fieldManager ?? ''}`;

function keyOfCall({ id }: Remediation, call: Call): string {
  const nameless = call.kind === 'delete' || call.kind === 'evict';
  return `${methods[call.kind]} ${pathOf(call)} ${nameless ? '' : `firebreak/${id}`}`;
}

/** What is made is posted to the list of its kind. */
function pathOf({ kind, ref }: Call): string {
  const root = ref.apiVersion.includes('/') ? ['apis', ref.apiVersion] : ['api', ref.apiVersion];
  const scope = ref.namespace === undefined ? [] : ['namespaces', ref.namespace];
  const object =
    kind === 'create' ? [] : [ref.name, ...(ref.subresource === undefined ? [] : [ref.subresource])];
  return ['', ...root, ...scope, ref.resource, ...object].join('/');
}

const needed: Readonly<Record<string, number>> = { auto: 0, human: 1, dual: 2 };

/**
 * Nothing was begun without as many people as its tier asks for: different ones, not the requester, whose votes stand
 * before the beginning in the chain, which is the order of the commits. Nothing blocked was begun at all.
 */
export function agreedBefore({ remediations, lines, approvals }: Evidence): string[] {
  const linesOf = Map.groupBy(lines, ({ remediation_id }) => remediation_id ?? '');
  const votesOf = Map.groupBy(approvals, ({ remediation_id }) => remediation_id);
  return remediations.flatMap((row) => {
    const own = linesOf.get(row.id) ?? [];
    const begun = own.find(({ kind, to_state }) => kind === 'move' && to_state === 'executing');
    if (begun === undefined) return [];
    const before = own.filter(
      ({ kind, event, seq }) => kind === 'vote' && event === 'approve' && Number(seq) < Number(begun.seq),
    );
    const people = new Set(before.flatMap(({ actor }) => actor ?? []));
    people.delete(row.requested_by);
    const stored = (votesOf.get(row.id) ?? []).filter(({ decision }) => decision === 'approve');
    const expected = needed[row.tier ?? ''] ?? Number.NaN;
    if (people.size === expected && stored.length === before.length) return [];
    return [
      `remediation ${row.number} (${row.tier}) was begun after ${people.size} people had approved, ${stored.length} votes are stored`,
    ];
  });
}

/** What people clicked on, what they are noted to have agreed to and what was executed are the same. */
export function sameAsShown({ remediations, lines, approvals, slack }: Evidence): string[] {
  const clicks = new Set(
    slack.flatMap((line) => (line.kind === 'click' ? `${line.user} ${line.value}` : [])),
  );
  const shown = new Set(
    slack.flatMap((line) => (line.kind === 'call' ? valuesIn(line.params['blocks']) : [])),
  );
  const begun = new Set(
    lines.flatMap(({ kind, to_state, remediation_id }) =>
      kind === 'move' && to_state === 'executing' ? (remediation_id ?? []) : [],
    ),
  );
  const rows = new Map(remediations.map((row) => [row.id, row]));
  return approvals.flatMap(({ remediation_id, user_id, digest, decision }) => {
    const row = rows.get(remediation_id);
    const value = `${remediation_id}:${digest}`;
    const what = `the vote of ${user_id} on remediation ${row?.number}`;
    if (!clicks.has(`${user_id} ${value}`)) return [`${what} is no click that was made`];
    if (!shown.has(value)) return [`${what} is on a card that was never shown`];
    if (decision === 'approve' && begun.has(remediation_id) && row?.digest !== digest)
      return [`${what} is for another plan than the one that was executed`];
    return [];
  });
}

/** The values of all buttons in a message's blocks. */
function valuesIn(blocks: string | undefined): string[] {
  return [...(blocks ?? '').matchAll(/"value":"([0-9a-f-]{36}:[0-9a-f]{64})"/g)].map(
    ([, value]) => value ?? '',
  );
}
