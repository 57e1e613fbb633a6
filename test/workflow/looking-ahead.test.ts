import { describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.ts';
import type { Policy } from '../../src/domain/policy/policy.ts';
import type { RemediationIn } from '../../src/domain/remediation.ts';
import { lookAhead } from '../../src/workflow/approval/ahead.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { type Cluster, ClusterFault, type People } from '../../src/workflow/ports.ts';
import { noon } from '../fixtures/facts.ts';
import { asked, away, click, down, dual, silent } from '../fixtures/last-click.ts';
import { silentLog } from '../fixtures/log.ts';
import { commits, replicaLine } from '../fixtures/memory-repositories.ts';
import { type Rig, strictPolicy } from '../fixtures/rig.ts';
import { playStep, type ScriptStep } from '../fixtures/script.ts';

describe('a look begins with no click but one that may be the last approval', () => {
  const by = (userId: string, digest: string) =>
    ({ actor: { userId, teamId: 'T0' }, decision: 'approve', digest }) as const;
  const voteOf = (userId: string, digest: string) => ({ ...by(userId, digest), at: noon });
  interface Begun {
    row: RemediationIn<'waiting'>;
    approvals: Approval[];
    click: Parameters<typeof lookAhead>[3];
    context: WorkflowContext;
  }
  const at = { repository: 'https://git.example/shop', branch: 'main', path: 'apps' };
  const place = { ...at, recurse: false, keys: [], selfHeal: true };
  const already = { kind: 'already', place, base: commits.base } as const;
  const request = { ...already, kind: 'request' as const, lines: [replicaLine] };

  test.each<[string, ScriptStep, (it: Begun) => Partial<Begun> | undefined, boolean]>([
    ['the only one', down, () => undefined, true],
    ['the second of two', dual, ({ row }) => ({ approvals: [voteOf('U0BEN', row.digest)] }), true],
    ['the first of two', dual, () => undefined, false],
    ['one more than is needed', down, ({ row }) => ({ approvals: [voteOf('U0BEN', row.digest)] }), false],
    ['beside a vote that does not count', down, () => ({ approvals: [voteOf('U0BEN', 'old')] }), false],
    ['a rejection', down, ({ click: of }) => ({ click: { ...of, decision: 'reject' } }), false],
    ['of an older card', down, () => ({ click: by('U0ANN', 'old') }), false],
    ['of who asked', down, ({ row }) => ({ click: by('U0ASK', row.digest) }), false],
    [
      'where nobody waits for it',
      down,
      ({ context: { gatePatience: _, ...context } }) => ({ context }),
      false,
    ],
    [
      'of what was not shown whole',
      down,
      ({ row }) => ({
        row: { ...row, showing: { kind: 'refused', digest: row.digest, reason: 'Too long.' } },
      }),
      false,
    ],
    [
      'for which a pull request is opened',
      down,
      ({ row }) => ({ row: { ...row, git: structuredClone(request) } }),
      false,
    ],
    [
      'of what the repository says',
      down,
      ({ row }) => ({ row: { ...row, git: structuredClone(already) } }),
      true,
    ],
  ])('%s', async (_name, step, other, begins) => {
    const rig = await asked(step);
    const row = rig.row(1);
    if (row.state !== 'waiting') throw new Error(`it is ${row.state}`);
    const usual: Begun = { row, approvals: [], click: by('U0ANN', row.digest), context: rig.context };
    const it = { ...usual, ...other(usual) };
    const ahead = lookAhead(it.context, it.row, it.approvals, it.click);
    ahead?.end();
    expect(ahead !== undefined).toBe(begins);
  });
});

describe('what the look came to is said in the log where it failed, and of nothing else', () => {
  const mayAsk: People['mayAsk'] = async () => ({ kind: 'refused', reason: 'You are a guest by now.' });
  const late =
    (rig: Rig, meanwhile: () => unknown): Cluster['gather'] =>
    async (...of) => {
      const seen = await rig.context.cluster.gather(...of);
      await meanwhile();
      return seen;
    };
  const sleep = (rig: Rig) => playStep(rig, { do: 'sleep', seconds: 7200 });
  const failed = 'The gate is looked at after the vote';

  test.each<[string, (rig: Rig) => Parameters<typeof click>[2], readonly string[]]>([
    ['a cluster that is away', () => ({ cluster: { gather: away } }), [failed]],
    [
      'a cluster that is another',
      ({ context: { store } }) => ({ context: { store: { ...store, belongsTo: async () => false } } }),
      [],
    ],
    ['a requester who may not ask any more', () => ({ people: { mayAsk } }), []],
    ['a card whose time was over', (rig) => ({ cluster: { gather: late(rig, () => sleep(rig)) } }), []],
    [
      'a target that is gone',
      ({ now }) => {
        now().world.absent = true;
        return {};
      },
      [],
    ],
    ['all well', () => ({}), []],
  ])('%s', async (_name, more, said) => {
    const rig = await asked();
    await playStep(rig, { do: 'sleep', seconds: 90 });
    const lines: unknown[][] = [];
    const info = (...of: unknown[]) => void lines.push(of);
    const { context, ...others } = more(rig) ?? {};
    await click(rig, 'U0ANN', { ...others, context: { ...context, log: { ...silentLog, info } } });
    const wanted = said.map((line) => [{ err: expect.any(ClusterFault), remediation: 1 }, line]);
    expect(lines.filter((of) => !String(of[1]).startsWith('Vote on'))).toEqual(wanted);
  });

  test('nothing where it was given up: nobody waits for it', async () => {
    const rig = await asked(down, { gatePatience: 1 });
    const lines: unknown[] = [];
    const log = { ...silentLog, info: (_of: unknown, line: string) => void lines.push(line) };
    await click(rig, 'U0ANN', { cluster: { gather: silent }, context: { log } });
    expect(lines).toEqual([
      'Vote on remediation 1: Approved, 1 of 1. It runs now, unless something has changed since.',
    ]);
  });

  test('a policy that asks for a dry run by now, of what had none: the gate is a step of its own', async () => {
    let policy: Policy = strictPolicy;
    const rig = await asked(down, { policy: () => policy });
    const row = rig.row(1);
    if (row.state !== 'waiting') throw new Error(`it is ${row.state}`);
    row.dryRun = { kind: 'skipped', sentence: 'It could not be asked.' };
    const enforce = () => {
      policy = { ...strictPolicy, enforceDryRun: true };
    };
    await click(rig, 'U0ANN', { cluster: { gather: late(rig, enforce) } });
    expect(rig.row(1).state).toBe('approved');
  });
});

test('of several clusters the one of the row is looked at, and of one that is not here nothing', async () => {
  for (const [cluster, state] of [
    ['us', 'executing'],
    ['asia', 'approved'],
  ] as const) {
    const rig = await asked();
    rig.row(1).cluster = cluster;
    const [eu, us] = ['eu', 'us'].map((name) => ({ ...rig.context.cluster, name }));
    if (eu === undefined || us === undefined) throw new Error('there are two');
    const gathered: string[] = [];
    const noting = (one: Cluster): Cluster => ({
      ...one,
      gather: (...of) => {
        gathered.push(one.name);
        return one.gather(...of);
      },
    });
    const all = [noting(eu), noting(us)] as const;
    const store = { ...rig.context.store, belongsTo: async () => true };
    const lines: string[] = [];
    const log = { ...silentLog, info: (_of: unknown, line: string) => void lines.push(line) };
    await click(rig, 'U0ANN', { context: { clusters: { all, enter: () => () => undefined }, store, log } });
    expect([gathered, rig.row(1).state]).toEqual([cluster === 'us' ? ['us'] : [], state]);
    expect(lines).toEqual([expect.stringMatching(/^Vote on/)]);
  }
});
