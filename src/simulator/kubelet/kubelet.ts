import { createHash } from 'node:crypto';
import { isConditionTrue, withCondition } from '../controllers/conditions.ts';
import { record } from '../controllers/events.ts';
import { isOutOfService, silentNodeOf } from '../controllers/node-health.ts';
import { isHeld, isTerminating } from '../controllers/ownership.ts';
import type { JsonObject } from '../json.ts';
import { nameOf, uidOf } from '../objects/identity.ts';
import { timestamp } from '../objects/store.ts';
import { pods } from '../resources.ts';
import { listAt, numberAt, textAt, textsAt } from '../tree.ts';
import { kubeletWriter, type World } from '../world.ts';
import { behaviourOf, lastWordsAnnotation, type Role } from './behaviour.ts';
import {
  type Container,
  containerStatus,
  endOf,
  freshContainer,
  isContainerReady,
  isPast,
  nextStep,
  type Pace,
} from './container.ts';
import { type LogLine, logOf } from './logs.ts';

/** What a container's log request comes to. */
type LogAnswer =
  | { readonly kind: 'lines'; readonly lines: readonly LogLine[] }
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'no previous' }
  | { readonly kind: 'unknown container' };

/** The agents of all nodes in one: starts, restarts and ends the containers of every pod that has a node. */
export interface Kubelet {
  tick(world: World): void;
  log(world: World, pod: JsonObject, container: string, previous: boolean): LogAnswer;
}

interface PodRun {
  readonly ip: string;
  readonly pace: Pace;
  readonly stopAt: number | undefined;
  readonly containers: readonly Container[];
  /** The pod as it was last written, and which of its containers were ready then. */
  readonly written?: { readonly pod: JsonObject; readonly ready: string };
}

export function createKubelet(): Kubelet {
  const runs = new Map<string, PodRun>();
  let addresses = 0;

  const begin = (world: World, pod: JsonObject): PodRun => {
    addresses += 1;
    const pace = { span: world.span, slow: slownessOf(nameOf(pod)) };
    const first = listAt(pod, 'spec', 'initContainers').map((each) =>
      adopt(world, pod, each, { pace, role: roleOf(each) }),
    );
    const own = listAt(pod, 'spec', 'containers').map((each) =>
      adopt(world, pod, each, { pace, role: 'main' }),
    );
    const containers = [...first, ...own];
    return {
      ip: `10.244.${Math.floor(addresses / 250) % 250}.${(addresses % 250) + 2}`,
      pace,
      stopAt: undefined,
      containers,
    };
  };

  const look = (world: World, pod: JsonObject): void => {
    const run = runs.get(uidOf(pod));
    const silent = silentNodeOf(world, pod);
    if (silent !== undefined) abandon(world, pod, silent);
    else if (isTerminating(pod)) terminate(world, pod, run, runs);
    else if (isConditionTrue(pod, 'PodScheduled'))
      runs.set(uidOf(pod), advance(world, pod, run ?? begin(world, pod)));
  };

  return {
    tick: (world) => {
      const present = new Set<string>();
      for (const pod of world.store.list(pods)) {
        present.add(uidOf(pod));
        look(world, pod);
      }
      for (const uid of runs.keys()) if (!present.has(uid)) runs.delete(uid);
    },
    log: (world, pod, name, previous) => {
      const container = runs.get(uidOf(pod))?.containers.find((each) => each.name === name);
      if (container !== undefined) return answer(world, pod, container, previous);
      const known = listAt(pod, 'spec', 'containers').some((each) => each['name'] === name);
      return known ? { kind: 'waiting', reason: 'ContainerCreating' } : { kind: 'unknown container' };
    },
  };
}

/** From 0 to 1, always the same for a name: pods do not all start in step, yet every run is like the last. */
function slownessOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt16BE(0) / 0xffff;
}

/** An init container that is always restarted is a sidecar. */
const roleOf = (container: JsonObject): Role =>
  textAt(container, 'restartPolicy') === 'Always' ? 'sidecar' : 'init';

function adopt(
  world: World,
  pod: JsonObject,
  container: JsonObject,
  { pace, role }: { readonly pace: Pace; readonly role: Role },
): Container {
  const name = textAt(container, 'name') ?? '';
  const image = textAt(container, 'image') ?? '';
  const behaviour = behaviourOf(pod, container, role);
  const restarted = restartedBy(role, textAt(pod, 'spec', 'restartPolicy'));
  return freshContainer({ name, role, image, behaviour, restarted }, world.now(), pace);
}

/** An init container is tried again until it ends well, unless the pod is never restarted. */
function restartedBy(role: Role, policy: string | undefined): Container['restarted'] {
  if (role === 'sidecar') return 'Always';
  if (policy === 'Never') return 'Never';
  return role === 'init' || policy === 'OnFailure' ? 'OnFailure' : 'Always';
}

/** Nothing happens on a silent node; once it is known to be off, what is to end there is removed. */
function abandon(world: World, pod: JsonObject, node: JsonObject): void {
  if (isTerminating(pod) && isOutOfService(node) && !isHeld(pod)) world.store.remove(pods, pod);
}

/** Pods take about a second to stop, or their grace period if that is shorter. */
function terminate(world: World, pod: JsonObject, run: PodRun | undefined, runs: Map<string, PodRun>): void {
  const grace = numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') ?? 30;
  const stopAt = run?.stopAt ?? world.now() + world.span(Math.min(1, grace));
  if (run === undefined || world.now() >= stopAt) {
    // It has stopped; who holds it has to let it go.
    if (!isHeld(pod)) world.store.remove(pods, pod);
  } else if (run.stopAt === undefined) {
    runs.set(uidOf(pod), { ...run, stopAt });
    for (const { name } of run.containers)
      report(world, pod, name, { type: 'Normal', reason: 'Killing', message: `Stopping container ${name}` });
  }
}

function advance(world: World, pod: JsonObject, run: PodRun): PodRun {
  const now = world.now();
  let isFree = true;
  const containers = withNewImages(world, pod, run).map((container) => {
    const waits = !isFree && container.phase.kind === 'creating';
    if (container.role !== 'main' && !isPast(container)) isFree = false;
    if (waits) return container;
    const step = nextStep(container, now, run.pace);
    for (const each of step?.reports ?? []) report(world, pod, container.name, each);
    return step?.container ?? container;
  });
  const ready = containers.map((each) => isContainerReady(each, now)).join();
  const still = containers.every((each, index) => each === run.containers[index]);
  if (still && run.written?.pod === pod && run.written.ready === ready) return run;
  return { ...run, containers, written: { pod: writeStatus(world, pod, { ...run, containers }), ready } };
}

/** A changed image restarts that container in place. */
function withNewImages(world: World, pod: JsonObject, run: PodRun): Container[] {
  return run.containers.map((container) => {
    const all = [...listAt(pod, 'spec', 'initContainers'), ...listAt(pod, 'spec', 'containers')];
    const spec = all.find((each) => each['name'] === container.name);
    if (spec === undefined || spec['image'] === container.image) return container;
    return {
      ...adopt(world, pod, spec, { pace: run.pace, role: container.role }),
      restarts: container.restarts + 1,
    };
  });
}

function report(
  world: World,
  pod: JsonObject,
  container: string,
  notice: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string },
): void {
  record(world, pod, { ...notice, component: 'kubelet', fieldPath: `spec.containers{${container}}` });
}

function writeStatus(world: World, pod: JsonObject, run: PodRun): JsonObject {
  const now = world.now();
  const time = timestamp(now);
  const before = run.containers.filter(({ role }) => role !== 'main');
  const own = run.containers.filter(({ role }) => role === 'main');
  const initialized = isConditionTrue(pod, 'Initialized') || before.every(isPast);
  const unready = run.containers
    .filter((each) => each.role !== 'init' && !isContainerReady(each, now))
    .map(({ name }) => name);
  const started = own.every(({ phase }) => phase.kind !== 'creating' && phase.kind !== 'pull failed');
  const ended = endingOf(run.containers);
  const why =
    ended === 'Succeeded'
      ? { reason: 'PodCompleted' }
      : {
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${unready.join(' ')}]`,
        };
  const readiness =
    unready.length === 0 ? ({ status: 'True' } as const) : ({ status: 'False', ...why } as const);
  const conditions = [
    { type: 'PodReadyToStartContainers', status: 'True' } as const,
    { type: 'Initialized', status: initialized ? ('True' as const) : ('False' as const) },
    { type: 'Ready', ...readiness },
    { type: 'ContainersReady', ...readiness },
  ].reduce((all, condition) => withCondition(all, condition, time), listAt(pod, 'status', 'conditions'));
  const statusOf = (each: Container, past: boolean) => containerStatus(each, nameOf(pod), now, !past);
  const status = {
    phase: ended ?? (started ? 'Running' : 'Pending'),
    conditions,
    hostIP: hostAddress(textAt(pod, 'spec', 'nodeName') ?? ''),
    podIP: run.ip,
    podIPs: [{ ip: run.ip }],
    startTime: textAt(pod, 'status', 'startTime') ?? time,
    ...(before.length === 0
      ? {}
      : { initContainerStatuses: before.map((each) => statusOf(each, initialized)) }),
    containerStatuses: own.map((each) => statusOf(each, initialized)),
    qosClass: textAt(pod, 'status', 'qosClass') ?? 'BestEffort',
    observedGeneration: numberAt(pod, 'metadata', 'generation') ?? 1,
  };
  return world.store.update(pods, { ...pod, status }, kubeletWriter);
}

/** A pod has ended when all its containers have, and has failed when one of them did. */
function endingOf(containers: readonly Container[]): 'Succeeded' | 'Failed' | undefined {
  if (containers.some((each) => each.role === 'init' && endOf(each) === 'Failed')) return 'Failed';
  const ends = containers.filter(({ role }) => role === 'main').map(endOf);
  if (ends.includes(undefined)) return undefined;
  return ends.includes('Failed') ? 'Failed' : 'Succeeded';
}

/** The address of a node, made from the number at the end of its name. */
function hostAddress(node: string): string {
  return `10.0.0.${10 + (Number(/\d+$/.exec(node)?.[0] ?? 0) % 200)}`;
}

function answer(world: World, pod: JsonObject, container: Container, previous: boolean): LogAnswer {
  const { phase, last, restarts } = container;
  const lastWords = textsAt(pod, 'metadata', 'annotations')[lastWordsAnnotation];
  const lines = (run: NonNullable<typeof last>): LogAnswer => ({
    kind: 'lines',
    lines: logOf(container, run, world.now(), { lastWords, span: world.span }),
  });
  if (previous) return last === undefined || restarts === 0 ? { kind: 'no previous' } : lines(last);
  if (phase.kind === 'running') return lines(phase.run);
  if (phase.kind === 'ended' && last !== undefined) return lines(last);
  return {
    kind: 'waiting',
    reason: phase.kind === 'creating' ? 'ContainerCreating' : 'trying and failing to pull image',
  };
}
