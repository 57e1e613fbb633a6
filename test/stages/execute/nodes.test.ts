import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts, NodeSubject } from '../../../src/domain/facts/facts.ts';
import { type Call, plan as planSchema } from '../../../src/domain/plan.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../src/domain/text/json.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import { nodeFacts, nodePod, noon, remediationId, taintNode } from '../../fixtures/facts.ts';
import { applyPatch, isRecognised, lookUp } from '../../fixtures/json-patch.ts';
import {
  bare,
  budget,
  covered,
  daemon,
  dedicated,
  drain,
  housing,
  mirror,
  orphan,
  reckless,
  scratch,
} from '../../fixtures/nodes.ts';

const { uid } = nodeFacts().identity;
const nodeOf = (spec: JsonObject): JsonObject => ({ metadata: { uid }, spec });
/** What the facts say of the taints that the raw object has. */
const taintsOf = (raw: Json): NonNullable<NodeSubject['taints']> =>
  (Array.isArray(raw) ? raw : []).flatMap((each) =>
    isJsonObject(each)
      ? [{ key: String(each['key']), value: String(each['value'] ?? ''), effect: String(each['effect']) }]
      : [],
  );
const drawn = (action: Action, facts: Facts, snapshot: Json = nodeOf({})) =>
  planExecution({ action, facts, snapshot, remediationId, stamp: noon });

function callsOf(action: Action, facts: Facts, snapshot?: Json): readonly Call[] {
  const result = drawn(action, facts, snapshot);
  if (result.kind === 'refused') throw new Error(`refused: ${result.reason}`);
  expect(planSchema.parse(result.plan)).toEqual(result.plan);
  return result.plan.calls;
}

describe('a drain', () => {
  const names = (facts: Facts, action: Action = drain) =>
    callsOf(action, facts).map((call) => (call.kind === 'evict' ? call.ref.name : call.sentence));
  const ended = nodePod('done', { ready: false, traits: ['ended'] });
  const going = nodePod('going', { traits: ['deleting'] });

  const plans: [string, Facts, string[]][] = [
    ['of an empty node is a cordon', housing([]), ['Cordon Node/worker-1.']],
    ['of a cordoned node is not', housing([nodePod('a')], 3, { unschedulable: true }), ['a']],
    [
      'leaves DaemonSet and static pods',
      housing([daemon, mirror, nodePod('a')]),
      ['Cordon Node/worker-1.', 'a'],
    ],
    ['takes what has ended, like kubectl', housing([ended]), ['Cordon Node/worker-1.', 'done']],
    ['does not ask for what is going already', housing([going]), ['Cordon Node/worker-1.']],
    [
      'asks first for what nothing holds up',
      housing([covered('a'), covered('b'), covered('c'), nodePod('z')], 3, { budgets: [budget()] }),
      ['Cordon Node/worker-1.', 'a', 'z', 'b', 'c'],
    ],
    [
      'goes by the tightest budget, one pod of each in turn',
      housing(
        [
          covered('a'),
          covered('b'),
          nodePod('c', { budgets: ['db'] }),
          nodePod('d', { budgets: ['db'] }),
          covered('e', { ready: false }),
        ],
        3,
        { budgets: [budget(), budget({ name: 'db' })] },
      ),
      ['Cordon Node/worker-1.', 'a', 'c', 'e', 'b', 'd'],
    ],
    [
      'goes by how much each budget has to spare',
      housing([...['a', 'b'].map((name) => nodePod(name, { budgets: ['db'] })), covered('c')], 3, {
        budgets: [budget({ name: 'db' }), budget({ healthy: 2 })],
      }),
      ['Cordon Node/worker-1.', 'a', 'b', 'c'],
    ],
    [
      'keeps those of a spent budget to the end',
      housing([covered('a'), nodePod('b')], 3, { budgets: [budget({ healthy: 2 })] }),
      ['Cordon Node/worker-1.', 'b', 'a'],
    ],
  ];
  it.each(plans)('%s', (_name, facts, expected) => {
    expect(names(facts)).toEqual(expected);
    const { subject } = facts;
    if (subject.kind !== 'node') throw new Error(subject.kind);
    const other = { ...facts, subject: { ...subject, tenants: subject.tenants?.toReversed() ?? [] } };
    expect(names(other), 'whatever the order of the list').toEqual(expected);
  });

  it('by force takes everything that would stop it otherwise', () => {
    expect(names(housing([bare, orphan, scratch]), reckless)).toEqual([
      ...['Cordon Node/worker-1.', 'agent-y', 'cache-0', 'lonely'],
    ]);
  });

  it('asks for this very pod, and knows it by its absence', () => {
    const [, eviction] = callsOf(drain, housing([nodePod('web-0')]));
    expect(eviction).toEqual({
      kind: 'evict',
      ref: {
        ...{ apiVersion: 'v1', resource: 'pods', namespace: 'shop', name: 'web-0' },
        subresource: 'eviction',
      },
      uid: 'uid-of-web-0',
      recognise: { kind: 'gone', uid: 'uid-of-web-0' },
      sentence: 'Evict Pod/web-0 in shop; Deployment/web starts another.',
    });
  });

  const silent = { ready: false, unschedulable: true };
  it.each<[string, Facts, string]>([
    ['of nobody', housing([bare], 3, { unschedulable: true }), 'Evict Pod/lonely in shop.'],
    ['that has ended', housing([ended], 3, { unschedulable: true }), 'Evict Pod/done in shop.'],
    [
      'of a Deployment on a silent node',
      housing([nodePod('a')], 3, silent),
      'Evict Pod/a in shop; Deployment/web starts another.',
    ],
    [
      'of a StatefulSet on a silent node',
      housing([nodePod('a', { owner: 'StatefulSet/db' })], 3, silent),
      'Evict Pod/a in shop; StatefulSet/db starts no other while Node/worker-1 is silent.',
    ],
  ])('says of a pod %s who starts another', (_name, facts, sentence) => {
    expect(callsOf(reckless, facts).map((call) => call.sentence)).toEqual([sentence]);
  });

  it.each<[string, Facts, string]>([
    [
      'pods are not known',
      nodeFacts(),
      'The pods on Node/worker-1 are not known (not read): nothing can be said of them.',
    ],
    [
      'nothing is left to do',
      housing([daemon], 3, { unschedulable: true }),
      'Node/worker-1 is cordoned already, and no pod on it has to go.',
    ],
  ])('is refused where %s', (_name, facts, reason) => {
    expect(drawn(drain, facts)).toEqual({ kind: 'refused', reason });
  });
});

describe('a taint', () => {
  const timed = { key: 'other', effect: 'NoExecute', timeAdded: noon };
  const gpu = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' } as const;
  const cases: [string, Action, Json, Json, string][] = [
    [
      'the first',
      taintNode({ add: [gpu] }),
      null,
      [gpu],
      'On Node/worker-1 set the taint dedicated:NoSchedule.',
    ],
    [
      'one more comes first, and the others stay as they are',
      taintNode({ add: [gpu] }),
      [timed],
      [gpu, timed],
      'On Node/worker-1 set the taint dedicated:NoSchedule.',
    ],
    [
      'another value',
      taintNode({ add: [gpu], overwrite: true }),
      [timed, { ...dedicated, value: 'old' }],
      [gpu, timed],
      'On Node/worker-1 set the taint dedicated:NoSchedule.',
    ],
    [
      'the last is removed',
      taintNode({ remove: [{ key: 'dedicated', effect: 'NoSchedule' }] }),
      [dedicated],
      null,
      'On Node/worker-1 remove the taint dedicated:NoSchedule.',
    ],
    [
      'all of a key, and one instead',
      taintNode({ add: [{ key: 'a', value: '', effect: 'NoSchedule' }], remove: [{ key: 'dedicated' }] }),
      [dedicated, { ...dedicated, effect: 'NoExecute' }, timed],
      [{ key: 'a', effect: 'NoSchedule' }, timed],
      'On Node/worker-1 set the taint a:NoSchedule and remove the taint dedicated:NoSchedule, dedicated:NoExecute.',
    ],
    [
      'one, and another instead',
      taintNode({ add: [{ key: 'a', effect: 'NoSchedule' }], remove: [{ key: 'dedicated' }] }),
      [dedicated],
      [{ key: 'a', effect: 'NoSchedule' }],
      'On Node/worker-1 set the taint a:NoSchedule and remove the taint dedicated:NoSchedule.',
    ],
  ];
  it.each(cases)('%s', (_name, action, before, expected, sentence) => {
    const live = nodeOf(before === null ? {} : { taints: before });
    const [call, ...others] = callsOf(action, nodeFacts({ taints: taintsOf(before) }), live);
    if (call?.kind !== 'patch') throw new Error('no patch');
    expect(others).toEqual([]);
    expect(call.sentence).toBe(sentence);
    const after = applyPatch(live, call.operations);
    if (after === undefined) throw new Error('the patch was not applied');
    expect(lookUp(after, '/spec/taints') ?? null).toEqual(expected);
    expect(isRecognised(call, after)).toBe(true);
    expect(isRecognised(call, live)).toBe(false);
    // Somebody else's taint came in between: nothing is written, nothing of theirs is lost.
    const changed = nodeOf({
      taints: [...(Array.isArray(before) ? before : []), { key: 'x', effect: 'NoExecute' }],
    });
    expect(applyPatch(changed, call.operations)).toBeUndefined();
    const both = lookUp(after, '/spec/taints');
    const since = nodeOf({
      taints: [{ key: 'x', effect: 'NoExecute' }, ...(Array.isArray(both) ? both : [])],
    });
    expect(isRecognised(call, since), 'ours is still there').toBe(true);
  });

  it.each<[string, JsonObject]>([
    ['no list', {}],
    ['what is no list', { taints: 'a:NoSchedule' }],
    [
      'entries that are no taints',
      { taints: [null, 'a', { key: 'a' }, { effect: 'NoSchedule' }, { key: 1, effect: 'NoSchedule' }] },
    ],
  ])('is refused where the facts saw it and the object has %s', (_name, spec) => {
    const seen = nodeFacts({ taints: [{ key: 'a', effect: 'NoSchedule' }] });
    const live = nodeOf(spec);
    expect(drawn(taintNode({ remove: [{ key: 'a' }] }), seen, live)).toEqual({
      kind: 'refused',
      reason: 'Node/worker-1 has none of the taints to remove.',
    });
  });

  it('is refused where none of those to remove is there', () => {
    expect(drawn(taintNode({ remove: [{ key: 'a' }] }), nodeFacts({ taints: [] }))).toEqual({
      kind: 'refused',
      reason: 'Node/worker-1 has no taint a; it has none.',
    });
  });
});
