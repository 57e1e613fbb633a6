import type { JsonObject } from '../../src/domain/text/json.ts';
import { curedByAnnotation, lastWordsAnnotation } from '../../src/simulator/kubelet/behaviour.ts';
import { edited, put } from '../../src/simulator/tree.ts';
import {
  cronJob,
  deployment,
  disruptionBudget,
  job,
  namespace,
  node,
  statefulSet,
} from '../../src/simulator/workloads.ts';
import { inPool, poolNode } from '../fixtures/manifests.ts';
import { createRandom } from './random.ts';
import type { Planted } from './secrets.ts';
import { ofTeam } from './teams.ts';
import type { Wish } from './wishes.ts';

const image = (name: string, tag: string): string => `registry.example/${name}:${tag}`;

const app = (name: string, more: object = {}): JsonObject =>
  deployment({ name, namespace: 'shop', image: image(name, '1.0.0'), ...more });

const nightly = (name: string): JsonObject =>
  cronJob({ name, namespace: 'shop', image: image(name, '1.0.0'), schedule: '0 0 29 2 *' });

const suspended = (job: JsonObject): JsonObject =>
  edited(job, (draft) => put(draft, ['spec', 'suspend'], true));
const paused = (each: JsonObject): JsonObject =>
  edited(each, (draft) => put(draft, ['spec', 'paused'], true));

const cordoned = (each: JsonObject): JsonObject =>
  edited(each, (draft) => put(draft, ['spec', 'unschedulable'], true));

/** Room for some hundred pods, which the simulator's own nodes have not. */
const roomy = (nth: number): JsonObject =>
  edited(node(`roomy-${nth}`, `10.0.1.${nth}`, 'worker', 'zone-a'), (draft) => {
    const room = { cpu: '64', memory: '256Gi', pods: '250' };
    put(draft, ['status', 'capacity'], room);
    put(draft, ['status', 'allocatable'], room);
  });

/** One in so many targets is in production, where two people must agree. */
const productionEvery = 6;

const nameOf = (target: number): string =>
  target % productionEvery === 0 ? `ledger-${target}` : `app-${target}`;

/** Workloads that alerts are about: a restart cures the first ones, and nothing the last, which crashes whatever is done. */
const cured = ['sick-1', 'sick-2', 'sick-3', 'sick-4'];
const ill = [...cured, 'lost'];

const crashing = (name: string, { lastWords, note }: Planted): JsonObject =>
  deployment({
    name,
    namespace: 'shop',
    image: image(name, cured.includes(name) ? '1.0.0' : 'crash'),
    annotations: { 'shop.example/note': note },
    behaviour: {
      [lastWordsAnnotation]: lastWords,
      ...(cured.includes(name) ? { [curedByAnnotation]: 'restart' } : {}),
    },
  });

/** What stands in the cluster of a run: a number of plain targets, and one for each verb that needs its own. */
export function manifestsFor(targets: number, planted: Planted): readonly JsonObject[] {
  const plain = Array.from({ length: targets }, (_, target) => {
    const name = nameOf(target);
    const ledger = {
      name,
      namespace: 'payments',
      image: image(name, '1.0.0'),
      strategy: 'Recreate',
    } as const;
    return ofTeam(target % productionEvery === 0 ? deployment(ledger) : app(name), target);
  });
  return [
    namespace('shop'),
    namespace('payments'),
    ...[1, 2, 3].map(roomy),
    ...plain,
    ...ill.map((name) => crashing(name, planted)),
    ...['to-pause', 'to-size', 'to-grow', 'to-undo', 'to-patch'].map((name) => app(name)),
    ...['to-reject', 'to-fail', refused].map((name) => app(name)),
    job({ name: 'import-once', namespace: 'shop', image: image('import', '1.0.0') }),
    ...['cart', 'search', 'stock'].map((name) => app(name)),
    paused(app('to-resume')),
    statefulSet({ name: 'store', namespace: 'shop', image: image('store', '1.0.0'), replicas: 2 }),
    ...['report', 'to-suspend'].map(nightly),
    suspended(nightly('to-wake')),
    poolNode('batch-1', '10.0.0.31'),
    poolNode('batch-2', '10.0.0.32'),
    poolNode('idle-1', '10.0.0.41'),
    cordoned(poolNode('idle-2', '10.0.0.42')),
    poolNode('idle-3', '10.0.0.43'),
    inPool(app('index', { replicas: 6 })),
    disruptionBudget('index', 'shop', 4),
  ];
}

/** The second revision of what is to be undone; applied when the first has its ReplicaSet. */
export const later: readonly JsonObject[] = [app('to-undo', { image: image('to-undo', '2.0.0') })];

/** The workload whose changes an admission webhook refuses; its words have a secret. */
export const refused = 'to-refuse';

/** Who sees this on a card rejects it. */
export const rejected = 'to-reject';

/** What must have happened at least once at the end, in the words of the checker. */
export const expected: readonly string[] = [
  ...['rollout restart', 'rollout undo', 'rollout pause', 'rollout resume', 'scale', 'set image', 'set env'],
  ...['set resources', 'autoscale', 'delete pod', 'label', 'annotate', 'patch'],
  ...['create job', 'delete job', 'suspend', 'resume', 'cordon', 'uncordon', 'taint', 'drain'],
]
  .map((verb) => `verb ${verb}`)
  .concat('state rejected', 'verdict not_verified', 'asked for by a playbook', 'asked for as a rollback');

/** Every verb that the cluster of a run has something for, once. */
const everyRoad = [
  'rollout undo deployment/to-undo -n shop',
  `patch deployment/to-patch -p '{"spec":{"minReadySeconds":1}}' -n shop`,
  'delete job import-once -n shop',
  `set image deployment/${rejected} ${rejected}=${image(rejected, '1.1.0')} -n shop`,
  `set image deployment/to-fail to-fail=${image('to-fail', 'bad')} -n shop`,
  `rollout restart deployment/${refused} -n shop`,
  'rollout pause deployment/to-pause -n shop',
  'rollout resume deployment/to-resume -n shop',
  'set resources deployment/to-size --limits=memory=320Mi -n shop',
  'autoscale deployment/to-grow --min=1 --max=3 -n shop',
  'delete pod store-1 -n shop',
  "rollout restart deployment -l 'app in (cart,search,stock)' -n shop",
  'create job report-now --from=cronjob/report -n shop',
  'suspend cronjob/to-suspend -n shop',
  'resume cronjob/to-wake -n shop',
  'label deployment/cart team=shop -n shop',
  'annotate deployment/search note=seen -n shop',
  'cordon idle-1',
  'uncordon idle-2',
  'taint nodes idle-3 maintenance=yes:NoSchedule',
  'drain batch-1 --ignore-daemonsets',
] as const;

/** No two of the plain commands ask for the same, however often one target comes. */
const plainCommands: readonly ((name: string, where: string, nth: number) => string)[] = [
  (name, where) => `rollout restart deployment/${name} -n ${where}`,
  (name, where, nth) => `set image deployment/${name} ${name}=${image(name, `1.${nth}.1`)} -n ${where}`,
  (name, where, nth) => `scale deployment/${name} --replicas=${2 + (nth % 2)} -n ${where}`,
  (name, where, nth) => `set env deployment/${name} ROUND=${nth} -n ${where}`,
];

/** One wish in so many is an alert's. */
const alertEvery = 12;

const alertOf = (nth: number): Wish => ({
  kind: 'alert',
  workload: ill[nth % ill.length] ?? 'lost',
  fingerprint: `crash-${nth}`,
});

/** What is asked for in a run: first every road once, then the plain commands, target after target, and alerts between. */
export function wishesFor(count: number, targets: number, seed: number): readonly Wish[] {
  const random = createRandom(seed);
  const plain = Array.from({ length: Math.max(0, count - everyRoad.length) }, (_, nth): Wish => {
    if (nth % alertEvery === 0) return alertOf(nth / alertEvery);
    const target = nth % targets;
    const where = target % productionEvery === 0 ? 'payments' : 'shop';
    const command = random.pick(plainCommands) ?? plainCommands[0];
    return { kind: 'command', text: command?.(nameOf(target), where, nth) ?? '' };
  });
  const roads = everyRoad.map((text): Wish => ({ kind: 'command', text }));
  return [...roads, ...plain].slice(0, count);
}
