import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Policy } from '../../src/domain/policy/policy.ts';
import type { Remediation } from '../../src/domain/remediation.ts';
import { specOf } from '../../src/domain/remediation.ts';
import { type DeclarativeSpec, neededApprovals } from '../../src/domain/spec.ts';
import { after } from '../../src/domain/text/time.ts';
import type { People, Right } from '../../src/workflow/ports.ts';
import { dependents } from '../fixtures/facts.ts';
import {
  createRig,
  members as everybody,
  type Now,
  type Rig,
  type RigOptions,
  strictPolicy,
} from '../fixtures/rig.ts';
import { playStep, type ScriptStep } from '../fixtures/script.ts';
import { casesOf } from '../support/cases.ts';

const askers = ['U0ASK', 'U0ANN'] as const;
const everyPerson = ['U0ANN', 'U0BEN', 'U0CAT', 'U0ASK', 'U0STRANGER'] as const;
const texts = [
  'scale deploy/web --replicas=4 -n shop',
  'scale deploy/web --replicas=1 -n shop',
  'scale deploy/web --replicas=1 -n production',
  'rollout restart deploy/web -n production',
  'rollout restart deploy/web -n kube-system',
  'rollout pause deploy/web -n shop',
] as const;

/** Things that must not be able to happen, and that the gate must survive all the same. */
type Tampering =
  | { readonly do: 'lose votes' }
  | { readonly do: 'forge'; readonly on: number }
  | { readonly do: 'rebind'; readonly on: number }
  | { readonly do: 'policy'; readonly protects: boolean }
  /** Who somebody is by now, as Slack says; `away`: it says nothing. */
  | { readonly do: 'becomes'; readonly who: Person; readonly is: Standing };

type Person = (typeof everyPerson)[number];
type Standing = 'member' | 'guest' | 'away';

/** Stands for the newest remediation, as does every number above it. */
const newest = 99;
const on = fc.constantFrom(1, 2, newest);

const ordinary: fc.Arbitrary<ScriptStep> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      text: fc.constantFrom(...texts),
      by: fc.constantFrom(...askers),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record(
      {
        do: fc.constant('approve' as const),
        by: fc.constantFrom(...everyPerson),
        on,
        digest: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)),
      },
      { requiredKeys: ['do', 'by', 'on'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('reject' as const), by: fc.constantFrom(...everyPerson), on }),
  },
  { weight: 6, arbitrary: fc.constant({ do: 'wake' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'settle' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('pass' as const, 'sleep' as const),
      seconds: fc.constantFrom(10, 1800, 3600),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('world' as const),
      is: fc.record(
        {
          uid: fc.constantFrom('uid-1', 'uid-2'),
          replicas: fc.constantFrom(2, 3, 5),
          argoCd: fc.boolean(),
          absent: fc.boolean(),
          crashing: fc.boolean(),
          paused: fc.boolean(),
          answersLost: fc.constantFrom(0, 2),
          denied: fc.constantFrom(null, 'May not get deployments.'),
          ready: fc.constantFrom(null, 0, 1, 2),
          around: fc.constantFrom(2, 3).map((ready) => ({
            neighbourhood: dependents({ services: [{ name: 'web', ready, own: ready }] }),
          })),
        },
        { requiredKeys: [] },
      ),
    }),
  },
);

const becomes = fc.record({
  do: fc.constant('becomes' as const),
  who: fc.constantFrom(...everyPerson),
  is: fc.constantFrom<Standing[]>('member', 'guest', 'guest', 'away'),
});

const tampering: fc.Arbitrary<Tampering> = fc.oneof(
  fc.constant({ do: 'lose votes' as const }),
  fc.record({ do: fc.constantFrom('forge' as const, 'rebind' as const), on }),
  fc.record({ do: fc.constant('policy' as const), protects: fc.boolean() }),
  becomes,
);

const anything = fc.oneof(
  { weight: 9, arbitrary: ordinary },
  { weight: 1, arbitrary: tampering },
  { weight: 1, arbitrary: becomes },
);

/** Somebody becomes another while what was looked up grows old. */
const lapse = fc
  .tuple(becomes, fc.constantFrom(30, 61, 120))
  .map(([change, seconds]): (ScriptStep | Tampering)[] => [change, { do: 'sleep', seconds }]);

/** Somebody asks and some vote on the newest card, with anything at all between the last vote and the gate. */
const round = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.constantFrom(...askers),
    fc.array(fc.constantFrom(...everyPerson), { maxLength: 3 }),
    fc.array(fc.oneof(anything, lapse), { maxLength: 2 }),
  )
  .map(([text, by, voters, between]): (ScriptStep | Tampering)[] => [
    { do: 'ask', text, by },
    { do: 'settle' },
    ...voters.map((voter): ScriptStep => ({ do: 'approve', by: voter, on: newest })),
    ...between.flat(),
  ]);

const histories = fc
  .array(fc.oneof(round, fc.array(anything, { maxLength: 6 })), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.flat());

/** What the gate had before it when it let a remediation through. */
interface Passed {
  readonly row: Remediation;
  readonly votes: Now['shelf']['approvals'];
  readonly live: { readonly uid: string; readonly replicas: number };
  /** Ready pods and ready endpoints of the Service, where there is one. */
  readonly kept: { readonly pods: number; readonly endpoints: number | undefined };
  /** Whoever was a full member at some moment of the last minute. */
  readonly members: readonly string[];
}

/** How the last approval meets the gate: as a step after it, or in the commit of the vote. */
const ways = [
  ['is a step of its own', {}, 8_000],
  ['is looked at with the last vote', { gatePatience: 600_000 }, 4_000],
] as const;

/** Plays a history and notes, for each write, what the gate had before it. */
async function writesOf(
  history: readonly (ScriptStep | Tampering)[],
  way: Pick<RigOptions, 'gatePatience'>,
): Promise<Passed[]> {
  let policy: Policy = strictPolicy;
  const atTheGate = new Map<string, Passed>();
  const written: Passed[] = [];
  const book = standings(() => rig.now().now);
  const rig: Rig = createRig({
    ...way,
    people: book.people,
    policy: () => policy,
    probe: async (point) => {
      // With the vote it is committed that the gate was passed; nothing has happened since.
      const through = { 'worked:approved': 'approved', 'after-vote': 'executing' }[point];
      const { shelf, world } = rig.now();
      for (const row of shelf.remediations) {
        if (row.state !== through || (through === 'executing' && atTheGate.has(row.id))) continue;
        const votes = shelf.approvals.filter(({ remediationId }) => remediationId === row.id);
        const live = { uid: world.uid, replicas: world.replicas };
        const [service] = world.around.neighbourhood?.services ?? [];
        const kept = { pods: world.ready ?? world.replicas, endpoints: service?.ready };
        atTheGate.set(row.id, structuredClone({ row, votes, live, kept, members: book.lately() }));
      }
    },
    onWrite: (id) => {
      const passed = atTheGate.get(id);
      const row = rig.now().shelf.remediations.find((each) => each.id === id);
      expect(row?.state).toBe('executing');
      if (passed === undefined) throw new Error('a write without a look at the gate');
      written.push(passed);
    },
  });
  for (const it of history) {
    if (it.do === 'policy') policy = it.protects ? protecting : strictPolicy;
    else if (it.do === 'becomes') book.note(it.who, it.is);
    else if (!('on' in it)) await playStep(rig, it);
    else if (rig.now().shelf.remediations.length > 0) await onNewest(rig, it);
  }
  await rig.settle();
  return written;
}

/** Who was what since when, and the People port by it. */
function standings(clock: () => string) {
  const notes: { who: string; is: Standing; at: string }[] = [];
  const isNow = (who: string): Standing => notes.findLast((note) => note.who === who)?.is ?? 'member';
  const right = async (who: string, otherwise: Promise<Right>): Promise<Right> => {
    if (isNow(who) === 'away') return { kind: 'unknown', reason: 'Slack is away.' };
    return isNow(who) === 'guest' ? { kind: 'refused', reason: `${who} is a guest.` } : otherwise;
  };
  const people: People = {
    mayApprove: (actor, named) => right(actor.userId, everybody.mayApprove(actor, named)),
    mayAsk: (actor, named) => right(actor.userId, everybody.mayAsk(actor, named)),
  };
  /** A note holds until the next about the same person, or until now. */
  const lasted = (note: (typeof notes)[number], index: number): string =>
    notes.slice(index + 1).find(({ who }) => who === note.who)?.at ?? clock();
  const wasMember = (who: string): boolean => {
    const [first] = notes.filter((note) => note.who === who);
    const from = after(clock(), -60);
    return (
      first === undefined ||
      first.at >= from ||
      notes.some((note, index) => note.who === who && note.is === 'member' && lasted(note, index) >= from)
    );
  };
  return {
    people,
    note: (who: string, is: Standing) => notes.push({ who, is, at: clock() }),
    lately: () => everyPerson.filter(wasMember),
  };
}

async function onNewest(rig: Rig, it: Extract<ScriptStep | Tampering, { on?: number }>): Promise<void> {
  const count = rig.now().shelf.remediations.length;
  const there = { ...it, on: Math.min(it.on ?? 1, count) };
  if (there.do === 'forge' || there.do === 'rebind') tamper(rig, there);
  else await playStep(rig, there);
}

const protecting: Policy = {
  ...strictPolicy,
  namespaces: { ...strictPolicy.namespaces, protected: ['shop', 'production', 'kube-system'] },
};

/** `forge`: a waiting row is made to look approved. `rebind`: an approved one is bound to something else. */
function tamper(rig: Rig, { do: what, on: number }: Extract<Tampering, { on: number }>): void {
  const { remediations, jobs } = rig.now().shelf;
  const at = remediations.findIndex((row) => row.number === number);
  const row = remediations[at];
  if (what === 'forge' && row?.state === 'waiting') {
    const { expiresAt: _, ...rest } = row;
    remediations[at] = { ...rest, state: 'approved', approvedAt: rig.now().now };
    const wake = { kind: 'step', id: row.id, version: row.version } as const;
    jobs.push({ jobId: `${9000 + jobs.length}`, wake, attempt: 0, dueAt: rig.now().now });
  }
  if (what === 'rebind' && row?.state === 'approved') remediations[at] = { ...row, digest: 'c'.repeat(64) };
}

function judgedBy(row: Remediation): DeclarativeSpec {
  const spec = specOf(row);
  if (spec === undefined) throw new Error('a row without a spec');
  return spec;
}

/** What the card said must stay, stood when the gate let it through. */
function expectKept(
  constraints: DeclarativeSpec['constraints'],
  { pods, endpoints = 0 }: Passed['kept'],
): void {
  for (const constraint of constraints) {
    if (constraint.kind === 'ready_pods') expect(pods).toBeGreaterThanOrEqual(constraint.pods);
    if (constraint.kind === 'ready_endpoints') expect(endpoints).toBeGreaterThanOrEqual(constraint.endpoints);
  }
}

function expectLawful({ row, votes, live, kept, members }: Passed): void {
  const spec = judgedBy(row);
  expectKept(spec.constraints, kept);
  if (row.state !== 'approved' && row.state !== 'executing') throw new Error('not an approved row');
  expect(spec.tier).not.toBe('blocked');
  const asker = row.requestedBy.kind === 'person' ? row.requestedBy.actor.userId : undefined;
  const counted = votes.filter(
    (vote) => vote.decision === 'approve' && vote.digest === row.digest && vote.actor.userId !== asker,
  );
  const distinct = new Set(counted.map(({ actor }) => actor.userId));
  expect(distinct.size).toBeGreaterThanOrEqual(neededApprovals(spec));
  expect([...distinct].filter((user) => user === 'U0STRANGER')).toEqual([]);
  // Whoever asked and whoever approved was somebody who may, when they were looked up, and that is a minute ago at most.
  if (asker !== undefined) expect(members).toContain(asker);
  expect([...distinct].filter((user) => !members.includes(user))).toEqual([]);
  expect(votes.filter(({ decision }) => decision === 'reject')).toEqual([]);
  // What was approved is what was live when the gate let it through.
  expect(row.facts.identity.uid).toBe(live.uid);
  if (row.action.verb === 'scale' && row.facts.subject.kind === 'workload')
    expect(row.facts.subject.desired).toBe(live.replicas);
}

test.each(ways)(
  'nothing is written but what was approved, enough, by others, of what is live: the gate %s',
  async (_name, way, cases) => {
    let writes = 0;
    const tiers = new Set<string>();
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        for (const passed of await writesOf(history, way)) {
          expectLawful(passed);
          writes += 1;
          tiers.add(specOf(passed.row)?.tier ?? 'none');
        }
      }),
      // A write that two people approved comes once in some fifty cases: in so many there is one.
      { numRuns: Math.max(600, casesOf(cases)) },
    );
    // The property would hold of a workflow that never writes.
    expect(writes).toBeGreaterThan(50);
    expect([...tiers].sort()).toEqual(['auto', 'dual', 'human']);
  },
);
