import { describe, expect, test } from 'vitest';
import { checkedForClusters } from '../../src/clusters-at-hand.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import { strangeClusters } from '../../src/policy/check.ts';
import { approversFor } from '../../src/workflow/context.ts';
import { createCommands } from '../../src/workflow/intake/commands.ts';
import { triageThere } from '../../src/workflow/intake/triage-there.ts';
import { withdrawHealthy } from '../../src/workflow/lifecycle/healthy-again.ts';
import { handleWake } from '../../src/workflow/lifecycle/run.ts';
import { atItsCluster } from '../../src/workflow/lifecycle/whereabouts.ts';
import { type Cluster, ClusterFault, type People } from '../../src/workflow/ports.ts';
import { noon } from '../fixtures/facts.ts';
import { remediationIn, requester } from '../fixtures/remediations.ts';
import { createRig, type Rig, strictPolicy } from '../fixtures/rig.ts';

const signal = new AbortController().signal;

/** The cluster of a rig under another name and identity; what it is asked is noted. */
function called(cluster: Cluster, name: string, uid: string | ClusterFault, asked: string[]): Cluster {
  const identity = async () => {
    if (uid instanceof ClusterFault) throw uid;
    return uid;
  };
  return new Proxy(
    { ...cluster, name, identity },
    {
      get: (one, key, self) => {
        if (key !== 'name' && key !== 'identity') asked.push(`${name}: ${String(key)}`);
        return Reflect.get(one, key, self);
      },
    },
  );
}

const names = ['eu', 'us'] as const;
const withNames: Policy = {
  ...policy.parse({
    ...strictPolicy,
    clusters: { us: { channels: ['C0US'] } },
  }),
  clusterNames: names,
};

/** Everybody may ask where nobody is named, and else who is. */
const namedAlone: People = {
  mayAsk: async (actor, requesters) =>
    requesters?.users === undefined || requesters.users.includes(actor.userId)
      ? { kind: 'allowed' }
      : { kind: 'refused', reason: 'You are not among those who may ask.' },
  mayApprove: async (actor, { users }) =>
    users.includes(actor.userId) ? { kind: 'allowed' } : { kind: 'refused', reason: 'Not an approver.' },
};

/** A rig with two clusters of these identities. */
function twoOf(
  uids: Readonly<Record<(typeof names)[number], string | ClusterFault>>,
  chosen: Policy = withNames,
) {
  const asked: string[] = [];
  const rig = createRig({ policy: () => chosen, people: namedAlone });
  const [eu, us] = [
    called(rig.context.cluster, 'eu', uids.eu, asked),
    called(rig.context.cluster, 'us', uids.us, asked),
  ];
  const clusters = { all: [eu, us], enter: () => () => undefined } as const;
  const stored = new Map<string, string>();
  /** As the database decides it (remediations/whereabouts.ts). */
  const store = {
    ...rig.context.store,
    belongsTo: async (id: string, uid: string | undefined) => stored.get(id) === uid,
  };
  const context = { ...rig.context, store, cluster: eu, clusters };
  return { rig, asked, context, stored, commands: createCommands(context) };
}

const type = (
  commands: ReturnType<typeof createCommands>,
  text: string,
  channel = 'C0OPS',
  actor = requester,
) => commands.remediate({ text, actor, channel, requestKey: `${text}${channel}` });

const restart = 'kubectl rollout restart deployment/web -n shop';

describe('a command is for one cluster', () => {
  test.each([
    ['it says', `${restart} --context us`, 'C0OPS', 'us'],
    ['its channel says', restart, 'C0US', 'us'],
    ['is the default', restart, 'C0OPS', 'eu'],
    ['it says, whatever its channel', `${restart} cluster:eu`, 'C0US', 'eu'],
  ])('that %s', async (_why, text, channel, cluster) => {
    const { rig, commands } = twoOf({ eu: 'uid-eu', us: 'uid-us' });
    const answer = await type(commands, text, channel);
    expect(answer).toMatchObject({ sentence: `Understood as: ${restart} --context ${cluster}` });
    expect(rig.row(1)).toMatchObject({ cluster, targetKey: `${cluster}/shop/Deployment/web` });
  });

  test('what may have been meant stays in it', async () => {
    const { commands } = twoOf({ eu: 'uid-eu', us: 'uid-us' });
    expect(await type(commands, 'rollout restrt deployment/web -n shop --context us')).toMatchObject({
      kind: 'refused',
      commands: [`${restart} --context us`],
    });
  });
});

test('who may ask in one cluster may not for that in another', async () => {
  const clusters = { us: { requesters: { users: ['U0US'] } } };
  const theirs: Policy = { ...policy.parse({ ...strictPolicy, clusters }), clusterNames: names };
  const { commands } = twoOf({ eu: 'uid-eu', us: 'uid-us' }, theirs);
  const us = { ...requester, userId: 'U0US' };
  expect((await type(commands, restart)).kind).toBe('accepted');
  expect((await type(commands, `${restart} --context us`)).kind).toBe('denied');
  expect((await type(commands, `${restart} cluster:us`, 'C0OPS', us)).kind).toBe('accepted');
});

test('who approves in a cluster is who the policy names for it', () => {
  const clusters = { us: { approvers: { human: { users: ['U0US'] } } } };
  const theirs = policy.parse({ ...strictPolicy, clusters });
  const row = { ...remediationIn('requested'), cluster: 'us' };
  expect(approversFor(theirs, row).users).toEqual(['U0US']);
  expect(approversFor(theirs, { ...row, cluster: 'eu' }).users).toEqual(strictPolicy.approvers.human.users);
});

test('of a row that was written when its cluster was called otherwise, who the policy names by now', () => {
  const clusters = { us: { approvers: { human: { users: ['U0US'] } } } };
  const theirs: Policy = { ...policy.parse({ ...strictPolicy, clusters }), clusterNames: names };
  const row = remediationIn('waiting');
  if (row.state !== 'waiting') throw new Error(`it is ${row.state}`);
  const looked = { ...row, cluster: 'before', facts: { ...row.facts, cluster: 'us' } };
  const spec = { ...row.spec, tier: 'human' as const };
  expect(approversFor(theirs, { ...looked, spec }).users).toEqual(['U0US']);
  expect(approversFor(theirs, { ...looked, spec, cluster: 'eu' }).users).toEqual(
    strictPolicy.approvers.human.users,
  );
});

test('a policy that speaks of a cluster that is not there says where', () => {
  const said = policy.parse({
    version: 1,
    clusters: { ue: {} },
    channels: [{ clusters: ['eu', 'uss'], channel: 'C0US' }],
    annotatedApprovers: [{ cluster: 'su', namespaces: ['shop'], groups: ['S0SHOP'] }],
    gitOps: { repositories: [{ match: { cluster: 'asia' }, repository: 'https://x/y', branch: 'main' }] },
  });
  expect(strangeClusters(said, names)).toEqual([
    'clusters.ue: there is no cluster "ue"; there are eu, us',
    'channels.0.clusters.1: there is no cluster "uss"; did you mean "us"?',
    'annotatedApprovers.0.cluster: there is no cluster "su"; there are eu, us',
    'gitOps.repositories.0.match.cluster: there is no cluster "asia"; there are eu, us',
  ]);
});

test.each([
  [
    'an entry of annotatedApprovers',
    { annotatedApprovers: [{ cluster: 'prod', namespaces: ['shop'], groups: ['S0SHOP'] }] },
    /^policy\.yaml: annotatedApprovers\.0\.cluster: there is no cluster "prod"; the one that is here is called "in-cluster"/,
  ],
  [
    'a mapping',
    { gitOps: { repositories: [{ match: { cluster: 'prod' }, repository: 'https://x/y', branch: 'main' }] } },
    /^policy\.yaml: gitOps\.repositories\.0\.match\.cluster: there is no cluster "prod"/,
  ],
])('%s that is kept to another cluster than the only one stops the start', (_name, more, problem) => {
  const said = policy.parse({ version: 1, clusters: { prod: {} }, ...more });
  const alone = (name: string) => () => checkedForClusters({ all: [{ name }] }, said, undefined);
  expect(alone('prod')).not.toThrow();
  expect(alone('in-cluster')).toThrow(problem);
});

test('numbers of a namespace are those of one cluster, and say so', async () => {
  const { commands } = twoOf({ eu: 'uid-eu', us: 'uid-us' });
  await type(commands, restart);
  await type(commands, `${restart} --context us`);
  await type(commands, 'scale deploy/web --replicas=4 -n shop --context us');
  const titleOf = async (text: string, channel?: string) => {
    const answer = await type(commands, text, channel);
    return answer.kind === 'text' ? [answer.title, answer.lines[0]] : [answer];
  };
  expect(await titleOf('stats shop')).toEqual([
    expect.stringContaining('in the namespace shop in the cluster eu'),
    expect.stringMatching(/^1 asked for/),
  ]);
  expect(await titleOf('stats shop', 'C0US')).toEqual([
    expect.stringContaining('in the cluster us'),
    expect.stringMatching(/^2 asked for/),
  ]);
  expect((await titleOf('stats shop --context us'))[1]).toMatch(/^2 asked for/);
  expect((await titleOf('stats'))[1]).toMatch(/^3 asked for/);
  expect((await titleOf('stats --context eu'))[1]).toMatch(/^1 asked for/);
});

describe('a cluster all of whose places are taken', () => {
  test.each(['look', 'drift', 'aftermath'] as const)('is left its %s for a moment', async (kind) => {
    const { rig, context, commands, asked } = twoOf({ eu: 'uid-eu', us: 'uid-us' });
    const row = { ...(await rowAt(rig, commands, 'us')), ...remediationIn('succeeded'), cluster: 'us' };
    asked.length = 0;
    const settled: unknown[] = [];
    const note = async (_row: unknown, step: unknown) => {
      settled.push(step);
      return 'committed' as const;
    };
    const store = {
      ...context.store,
      load: async () => row,
      secondLook: async () => 0,
      driftWatch: async () => ({ looks: 0, until: '2027-01-01T00:00:00.000Z', told: undefined }),
      aftermath: async () => ({
        ...{ steps: 0, dueAt: noon },
        aftermath: { request: { step: 'wanted' as const } },
      }),
      ...{ settleLook: note, settleDrift: note, settleAftermath: note },
    };
    const full = { all: context.clusters.all, enter: () => undefined };
    const wake = { kind, id: row.id, version: 0 };
    const claim = { queue: 'wake', jobId: '1', attempt: 0 };
    await handleWake({ ...context, store, clusters: full }, wake, claim, signal);
    expect(asked).toEqual([]);
    expect(JSON.stringify(settled)).toMatch(/"(at|dueAt)":"2026-03-01T12:00:15/);
  });
});

const rowAt = async (rig: Rig, commands: ReturnType<typeof createCommands>, cluster: string) => {
  await type(commands, `${restart} --context ${cluster}`);
  return rig.row(1);
};

describe('a remediation is carried out where it was asked for', () => {
  test('at the cluster of its name, which has its identity', async () => {
    const { rig, context, stored, commands } = twoOf({ eu: 'uid-eu', us: 'uid-us' });
    const row = await rowAt(rig, commands, 'us');
    stored.set(row.id, 'uid-us');
    expect((await atItsCluster(context, row, signal))?.cluster.name).toBe('us');
  });

  test('the contexts were exchanged: refused, though another has its identity', async () => {
    const { rig, context, stored, commands, asked } = twoOf({ eu: 'uid-us', us: 'uid-eu' });
    const row = await rowAt(rig, commands, 'us');
    stored.set(row.id, 'uid-us');
    asked.length = 0;
    expect(await atItsCluster(context, row, signal)).toBeUndefined();
    const [job] = rig.now().shelf.jobs;
    if (job === undefined) throw new Error('nothing is due');
    await handleWake(context, job.wake, { queue: 'wake', jobId: job.jobId, attempt: 0 }, signal);
    expect([asked, rig.row(1).state]).toEqual([[], 'requested']);
  });

  test('it is called otherwise by now: found by its identity', async () => {
    const { rig, context, stored, commands } = twoOf({ eu: 'uid-eu', us: 'uid-us' });
    const row = { ...(await rowAt(rig, commands, 'eu')), cluster: 'kind-old' };
    stored.set(row.id, 'uid-us');
    expect((await atItsCluster(context, row, signal))?.cluster.name).toBe('us');
  });

  test('it is not configured here, or the one that could be it does not answer: it waits', async () => {
    const away = new ClusterFault('The cluster us has not answered.');
    const { rig, context, stored, commands } = twoOf({ eu: 'uid-eu', us: away });
    const row = { ...(await rowAt(rig, commands, 'eu')), cluster: 'asia' };
    stored.set(row.id, 'uid-us');
    expect(await atItsCluster(context, row, signal)).toBeUndefined();
  });

  test('while it is away nothing is asked of it, and nothing of the others', async () => {
    const away = new ClusterFault('The cluster us has not answered.');
    const { rig, context, commands, asked } = twoOf({ eu: 'uid-eu', us: away });
    const row = await rowAt(rig, commands, 'us');
    asked.length = 0;
    const here = await atItsCluster(context, row, signal);
    await expect(here?.cluster.gather([], signal)).rejects.toBe(away);
    expect([here?.cluster.name, asked]).toEqual(['us', []]);
  });

  test('while all places at it are taken its step is put off', async () => {
    const { rig, context, commands, asked } = twoOf({ eu: 'uid-eu', us: 'uid-us' });
    await rowAt(rig, commands, 'us');
    const [job] = rig.now().shelf.jobs;
    if (job === undefined) throw new Error('nothing is due');
    asked.length = 0;
    const full = { ...context, clusters: { ...context.clusters, enter: () => undefined } };
    await handleWake(full, job.wake, { queue: 'wake', jobId: job.jobId, attempt: 0 }, signal);
    expect([asked, rig.now().shelf.jobs.length, rig.row(1).version]).toEqual([[], 1, 0]);
  });
});

/** An alert of a cluster that waits to be triaged. */
const alertIn = (cluster: string, { newId, clock }: Rig['context']): Incident => ({
  ...{ id: newId(), version: 0, dedupKey: 'x', title: 'Down', createdAt: clock() },
  state: 'received',
  alert: {
    ...{ fingerprint: 'f', annotations: {}, startsAt: clock(), source: 'alertmanager' },
    status: 'firing',
    labels: { alertname: 'Down', cluster, namespace: 'shop', deployment: 'web' },
  },
});

describe.each([
  ['all places at its cluster are taken', 'us', 0, { left: true, settled: [], entered: ['us'], released: 0 }],
  ['there is a place', 'eu', 0, { left: false, settled: ['no_action'], entered: ['eu'], released: 1 }],
  [
    'its cluster is none of ours',
    'asia',
    0,
    { left: false, settled: ['no_action'], entered: [], released: 0 },
  ],
  ['processes died at it', 'us', 5, { left: false, settled: ['no_action'], entered: [], released: 0 }],
])('an alert is triaged in one of the places of its cluster: %s', (_when, cluster, deaths, expected) => {
  test('it is put off where there is none, and its place is given back', async () => {
    const { rig, context } = twoOf({ eu: 'uid-eu', us: 'uid-us' });
    const incident = alertIn(cluster, rig.context);
    const [settled, entered, left]: [string[], string[], unknown[]] = [[], [], []];
    let released = 0;
    const store = {
      ...context.store,
      incident: async () => incident,
      takeAsleep: async () => [],
      settleTriage: async (_incident: unknown, { kind }: { kind: string }) => {
        settled.push(kind);
        return 'committed' as const;
      },
      leave: async (...given: unknown[]) => void left.push(given),
    };
    const enter = (name: string) => {
      entered.push(name);
      if (name === 'us') return undefined;
      return () => {
        released += 1;
      };
    };
    const wake = { kind: 'triage', id: incident.id, version: 0, deaths } as const;
    const claim = { queue: 'triage', jobId: '1', attempt: 0 };
    await handleWake({ ...context, store, clusters: { ...context.clusters, enter } }, wake, claim, signal);
    expect({ left: left.length === 1, settled, entered, released }).toEqual(expected);
    if (expected.left) expect(left).toEqual([[incident, claim, deaths, 'triage']]);
  });
});

test.each([
  ['all places at its cluster are taken', false, { entered: ['us'], released: 0, asked: [] }],
  ['there is a place', true, { entered: ['us'], released: 1, asked: ['us: gather'] }],
])('what waits is looked at in one of the places of its cluster: %s', async (_when, hasPlace, expected) => {
  const { context, asked, stored } = twoOf({ eu: 'uid-eu', us: 'uid-us' });
  const row = remediationIn('waiting');
  if (row.state !== 'waiting') throw new Error(`it is ${row.state}`);
  const requestedBy = { kind: 'playbook', playbook: 'p', alert: 'a', claim: 'unhealthy' } as const;
  stored.set(row.id, 'uid-us');
  const store = {
    ...context.store,
    waitingIn: async () => [{ ...row, cluster: 'us', requestedBy }],
    resolvedAt: async () => noon,
    transition: async () => 'committed' as const,
  };
  const entered: string[] = [];
  let released = 0;
  const enter = (name: string) => {
    entered.push(name);
    if (!hasPlace) return undefined;
    return () => {
      released += 1;
    };
  };
  const clusters = { ...context.clusters, enter };
  await withdrawHealthy({ ...context, store, clusters }, row.incidentId, signal);
  expect({ entered, released, asked }).toEqual(expected);
});

test('an alert that names a cluster that nobody knows asks none, and proposes nothing', async () => {
  const { context, asked } = twoOf({ eu: 'uid-eu', us: 'uid-us' });
  const incident = alertIn('asia', context);
  expect(await triageThere(context, incident, 0, signal)).toEqual({
    kind: 'no_action',
    reason: 'There is no cluster "asia" here; there are eu, us.',
  });
  expect(asked).toEqual([]);
});
