import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printAction } from '../../../src/actions/print.ts';
import { detailsModal } from '../../../src/adapters/slack/cards/details.ts';
import { partMessage, plainPart } from '../../../src/adapters/slack/cards/part.ts';
import { remediationCard } from '../../../src/adapters/slack/cards/remediation.ts';
import { type Action, action as schema, type Verb, verbs } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { patchable, patchableKinds } from '../../../src/domain/patchable.ts';
import type { Json } from '../../../src/domain/text/json.ts';
import { canonicalQuantity } from '../../../src/domain/text/quantity.ts';
import { resourceNames, taintEffects } from '../../../src/domain/values.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import { layOut, tooLong } from '../../../src/stages/show/layout.ts';
import { cronJobFacts, jobFacts } from '../../fixtures/batch.ts';
import {
  defaultPolicy,
  deploymentFacts,
  nodeFacts,
  noon,
  podFacts,
  remediationId,
  specId,
} from '../../fixtures/facts.ts';
import { autoscalerFacts } from '../../fixtures/fields.ts';
import { casesOf } from '../../support/cases.ts';
import { cardOf, remediationIn } from './remediations.ts';

/* Of every verb, up to the limits of the schema: what is written is shown, to the byte, wherever it is looked at. */

const letters = (alphabet: string) => fc.constantFrom(...alphabet);
const exactly = (unit: fc.Arbitrary<string>, length: number) =>
  fc.string({ unit, minLength: length, maxLength: length });
const lower = letters('abxyz019');
/** Short ones, and as long as they may be. */
const named = (most: number) =>
  fc.oneof(exactly(lower, 3), exactly(lower, most)).map((text) => `a${text.slice(1)}`);
const label = named(63);
const name = named(253);
const key = fc
  .tuple(fc.option(named(200)), named(63))
  .map(([prefix, short]) => (prefix === null ? short : `${prefix}/${short}`));
/** Short, and as long as one may be. */
const image = fc
  .tuple(
    fc.constantFrom(3, 255),
    fc.constantFrom('', `:${'V_1.-x'.repeat(21)}`),
    fc.constantFrom('', '@sha256:'),
  )
  .chain(([path, tag, digest]) =>
    fc
      .tuple(exactly(letters('abc019'), path), exactly(letters('0a1b'), digest === '' ? 0 : 64))
      .map(([name, hex]) => `registry.example/${name}${tag}${digest}${hex}`),
  );
const labelValue = fc.oneof(fc.constant(''), named(63));
const line = fc.oneof(
  fc.string({ unit: letters(' `\'"\\$&<>*_~:aB9(){}'), maxLength: 512 }),
  fc.constantFrom('`a`', ' x  y ', '$(HOME)', '$$(A)', '<!channel>', '*b* :fire:', 'z'.repeat(512)),
);
const several = <T>(one: fc.Arbitrary<T>, by: (item: T) => string, most: number) =>
  fc.uniqueArray(one, { minLength: 1, maxLength: most, selector: by, size: 'max' });
const texts = (value: fc.Arbitrary<string>) =>
  several(fc.record({ key, value }), (each) => each.key, 20).chain((all) =>
    fc.nat({ max: all.length }).map((at) => ({
      set: all.slice(0, at),
      remove: all.slice(at).map((each) => each.key),
      overwrite: true,
    })),
  );
const containers = several(label, String, 20);
const amounts = fc.dictionary(
  fc.constantFrom(...resourceNames),
  fc.constantFrom('500m', '999999999999.123456789'),
  {
    minKeys: 1,
  },
);
const count = fc.constantFrom(0, 3, 2_147_483_647);

const on = (...kinds: readonly string[]) =>
  fc.record({ kind: fc.constantFrom(...kinds), namespace: label, name });
const node = fc.record({ kind: fc.constant('Node'), name });
const rollout = on('Deployment', 'StatefulSet', 'DaemonSet');

const patches = fc.constantFrom(...patchableKinds).chain((kind) =>
  fc.record({
    target: on(kind),
    fields: fc
      .record(
        Object.fromEntries(
          Object.entries(patchable[kind]).map(([path, may]) => [
            path,
            fc.constantFrom(
              ...[1, 2_147_483_647, '25%', '100%', 'Allow', 'Replace'].filter(
                (each) => may.safeParse(each).success,
              ),
            ),
          ]),
        ),
      )
      .map((all) => Object.entries(all).map(([path, value]) => ({ path, value }))),
  }),
);

/** The details of each verb; one that is left out does not compile. */
const details: Readonly<Record<Verb, fc.Arbitrary<object>>> = {
  'rollout restart': fc.record({ target: rollout }),
  'rollout undo': fc.record({ target: rollout, toRevision: fc.constant(2) }),
  'rollout pause': fc.record({ target: on('Deployment') }),
  'rollout resume': fc.record({ target: on('Deployment') }),
  scale: fc.record({
    target: on('Deployment', 'StatefulSet'),
    replicas: count,
    currentReplicas: fc.constant(3),
  }),
  'set image': fc.record({
    target: rollout,
    images: several(fc.record({ container: label, image }), ({ container }) => container, 20),
  }),
  'delete pod': fc.record({ target: on('Pod') }),
  cordon: fc.record({ target: node }),
  uncordon: fc.record({ target: node }),
  drain: fc.record({
    ...{ target: node, ignoreDaemonSets: fc.boolean(), deleteEmptyDirData: fc.boolean() },
    force: fc.boolean(),
  }),
  taint: fc.record({
    target: node,
    add: several(
      fc.record({ key, value: named(63), effect: fc.constantFrom(...taintEffects) }),
      (each) => each.key,
      10,
    ),
    remove: fc.constant([]),
    overwrite: fc.boolean(),
  }),
  label: fc
    .tuple(
      fc.oneof(on('Deployment', 'StatefulSet', 'DaemonSet', 'Pod', 'CronJob', 'Job'), node),
      texts(labelValue),
    )
    .map(([target, all]) => ({ target, ...all })),
  annotate: fc
    .tuple(fc.oneof(on('Deployment', 'StatefulSet', 'DaemonSet', 'Pod', 'CronJob', 'Job'), node), texts(line))
    .map(([target, all]) => ({ target, ...all })),
  'set env': fc
    .record({
      target: rollout,
      set: several(fc.record({ name: named(253), value: line }), (each) => each.name, 20),
      containers,
    })
    .map((all) => ({ ...all, remove: [] })),
  'set resources': fc.record({ target: rollout, limits: amounts, requests: fc.constant({}), containers }),
  autoscale: fc.record({
    ...{
      target: on('Deployment', 'StatefulSet'),
      min: fc.constant(1),
      max: fc.constantFrom(4, 2_147_483_647),
    },
    cpu: fc.constantFrom(1, 1000),
  }),
  suspend: fc.record({ target: on('CronJob', 'Job') }),
  resume: fc.record({ target: on('CronJob', 'Job') }),
  'create job': fc.record({ target: on('CronJob', 'Job'), job: label }),
  'delete job': fc.record({ target: on('Job') }),
  patch: patches,
};

const anyAction = fc
  .constantFrom(...verbs)
  .chain((verb) => details[verb].map((rest) => schema.parse({ verb, ...rest })));

/** Every text and number that the action says, at any depth; words of the schema are no values. */
function valuesOf(given: object, found = new Set<string>()): ReadonlySet<string> {
  for (const [field, value] of Object.entries(given)) {
    if (field === 'verb' || field === 'kind' || typeof value === 'boolean') continue;
    if (typeof value === 'object' && value !== null) valuesOf(value, found);
    else if (value !== '') found.add(String(value));
  }
  return found;
}

/** The containers that the action names. */
function containersOf(action: Action): readonly string[] {
  if (action.verb === 'set image') return action.images.map(({ container }) => container);
  const all = action.verb === 'set env' || action.verb === 'set resources' ? action.containers : undefined;
  return all ?? ['web'];
}

function factsFor(action: Action): Facts {
  const { kind } = action.target;
  const removed = action.verb === 'label' || action.verb === 'annotate' ? action.remove : [];
  const texts = Object.fromEntries(removed.map((each) => [each, 'old']));
  const placed = (facts: Facts): Facts => ({
    ...facts,
    identity: { ...facts.identity, labels: texts, annotations: texts },
    ...('namespace' in action.target ? { namespace: { name: action.target.namespace, labels: {} } } : {}),
  });
  switch (kind) {
    case 'Pod':
      return placed({ ...podFacts(), pickers: [] });
    case 'Node':
      return placed(
        nodeFacts(
          { tenants: [], owners: [], budgets: [], taints: [], unschedulable: action.verb === 'uncordon' },
          { placements: [] },
        ),
      );
    case 'CronJob':
      return placed({ ...cronJobFacts({ suspended: action.verb === 'resume' }), fields: fieldsOf(action) });
    case 'Job':
      return placed({
        ...jobFacts({
          suspended: action.verb === 'resume',
          ...(action.verb === 'create job' ? { ended: 'Failed', active: 0 } : {}),
        }),
        fields: fieldsOf(action),
      });
    case 'HorizontalPodAutoscaler':
      return placed(autoscalerFacts());
    default:
      return placed({ ...workloadFacts(action), fields: fieldsOf(action) });
  }
}

const fieldsOf = (action: Action) =>
  action.verb === 'patch' ? action.fields.map(({ path }) => ({ path })) : [];

const workloadFacts = (action: Action): Facts =>
  deploymentFacts({
    paused: action.verb === 'rollout resume',
    containers: containersOf(action).map((each, index) => ({
      ...{ name: each, image: 'registry.example/old:1', init: false, index },
      ...{ env: { names: [], same: [] }, resources: { limits: {}, requests: {} } },
    })),
    revisions: [
      { revision: 2, source: 'ReplicaSet/web-b', template: template(['old'], 'registry.example/older:1') },
      { revision: 3, source: 'ReplicaSet/web-c' },
    ],
  });

const template = (names: readonly string[], image: string): Json => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: names.map((each) => ({ name: each, image, env: [], resources: {} })) },
});

function snapshotOf(action: Action, { identity: { uid, labels, annotations } }: Facts): Json {
  const job = { template: { spec: { containers: [] } } };
  return {
    metadata: { uid, labels, annotations, name: action.target.name },
    spec: {
      ...{ replicas: 3, paused: action.verb === 'rollout resume', suspend: action.verb === 'resume' },
      template: template(containersOf(action), 'registry.example/old:1'),
      jobTemplate: { spec: job },
    },
  };
}

/** Everything that a person can read in blocks, as it stands there. */
function readable(blocks: readonly unknown[]): string {
  const found: string[] = [];
  const look = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(look);
    else if (typeof part === 'object' && part !== null) {
      for (const [field, value] of Object.entries(part)) {
        if (field === 'text' && typeof value === 'string') found.push(value);
        else look(value);
      }
    }
  };
  look(blocks);
  return found.join('').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The card, each message of its thread in the form and what that is to hold, and the details. */
function seenBy(action: Action, facts: Facts) {
  const spec = evaluate({ id: specId, now: noon, action, facts, policy: defaultPolicy });
  const remediation = remediationIn('waiting', { facts, spec }, action);
  const card = cardOf(remediation);
  const layout = layOut(card.shown?.pieces ?? []);
  const notices = layout.parts.map((passages, at) => ({
    ...{ kind: 'part' as const, remediationId: remediation.id, number: 42, version: 1 },
    ...{ part: at + 1, of: layout.parts.length, passages: [...passages] },
  }));
  const details = detailsModal({ remediation, approvals: [], ...(card.shown && { shown: card.shown }) });
  // A value that goes on in the next message is whole in the passages.
  const passages = layout.parts.flat().map(({ text }) => text);
  return {
    layout,
    messages: [partMessage, plainPart].flatMap((form) =>
      notices.map((notice) => ({ notice, text: readable(form({ kind: 'part', notice }).blocks) })),
    ),
    everywhere: [`${readable(remediationCard(card).blocks)}\n${passages.join('')}`, readable(details.blocks)],
  };
}

/** The calls as JSON; undefined where it makes no sense on these facts. */
function callsOf(action: Action, facts: Facts): string | undefined {
  const snapshot = snapshotOf(action, facts);
  const drawn = planExecution({ action, facts, snapshot, remediationId, stamp: noon });
  return drawn.kind === 'refused' ? undefined : JSON.stringify(drawn.plan.calls);
}

function expectShown(action: Action, { messages, everywhere }: ReturnType<typeof seenBy>): void {
  for (const { notice, text } of messages)
    for (const passage of notice.passages) expect(text).toContain(passage.text);
  for (const text of everywhere)
    for (const value of [printAction(action), ...valuesOf(action), ...writtenBy(action)])
      expect(text).toContain(value);
}

test('every value is on the card or in its thread, in the details and in the plan, to the byte', () => {
  const planned = new Set<Verb>();
  const shown = new Set<Verb>();
  fc.assert(
    fc.property(anyAction, (action) => {
      const facts = factsFor(action);
      const seen = seenBy(action, facts);
      // What is too long to be shown is blocked.
      if (tooLong(seen.layout) !== undefined) return;
      shown.add(action.verb);
      expectShown(action, seen);
      const calls = callsOf(action, facts);
      if (calls === undefined) return;
      planned.add(action.verb);
      for (const value of writtenBy(action)) expect(calls).toContain(JSON.stringify(value).slice(1, -1));
    }),
    { numRuns: Math.max(300, casesOf(3_000)) },
  );
  expect([...shown].sort()).toEqual([...verbs].sort());
  expect(verbs.filter((verb) => !planned.has(verb))).toEqual([]);
});

/** Values alone: keys are escaped in the paths of a patch, and `currentReplicas` is a condition. */
function writtenBy(action: Action): readonly string[] {
  switch (action.verb) {
    case 'set image':
      return action.images.map(({ image }) => image);
    case 'label':
    case 'annotate':
      return action.set.map(({ value }) => value);
    case 'set env':
      return action.set.flatMap((each) => [each.name, each.value]);
    case 'taint':
      return action.add.flatMap((each) => [each.key, each.value ?? '', each.effect]);
    case 'set resources':
      // The API server stores quantities in one form of several, which is the one that is written.
      return Object.values(action.limits).map(canonicalQuantity);
    case 'create job':
      return [action.job];
    case 'scale':
      return [String(action.replicas)];
    case 'autoscale':
      return [String(action.max)];
    case 'patch':
      return action.fields.map(({ value }) => String(value));
    default:
      return [action.target.name];
  }
}
