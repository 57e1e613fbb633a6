import type { JsonObject } from '../json.ts';
import { timestamp } from '../objects/store.ts';
import type { Behaviour, Role } from './behaviour.ts';

/** One run of a container, over or not. Milliseconds since the epoch. */
export interface ContainerRun {
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly exit?: Exit;
}

interface Exit {
  readonly reason: string;
  readonly exitCode: number;
}

type Phase =
  | { readonly kind: 'creating'; readonly until: number }
  | { readonly kind: 'pull failed'; readonly retryAt: number; readonly attempts: number }
  | {
      readonly kind: 'running';
      readonly run: ContainerRun;
      readonly readyAt: number | undefined;
      readonly endsAt: number | undefined;
    }
  /** Without a time it is not restarted: the pod has ended with it. */
  | { readonly kind: 'ended'; readonly restartAt: number | undefined };

/** A container as the simulated kubelet knows it. */
export interface Container {
  readonly name: string;
  readonly role: Role;
  /** `spec.restartPolicy` of its pod. */
  readonly restarted: 'Always' | 'OnFailure' | 'Never';
  readonly image: string;
  readonly behaviour: Behaviour;
  readonly phase: Phase;
  readonly restarts: number;
  readonly last?: ContainerRun;
  /** The run before the last one. */
  readonly before?: ContainerRun;
}

/** Something that the kubelet would report as an event. */
export interface Report {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** How time passes: `span` turns seconds of simulated time to milliseconds, `slow` (0 to 1) tells pods apart. */
export interface Pace {
  readonly span: (seconds: number) => number;
  readonly slow: number;
}

/** Seconds to wait before each restart; a real kubelet goes from 10 s to 5 min, too slow to watch. */
const backOff = [0.3, 4, 8, 15];
const pullBackOff = [2, 5, 10, 20];

/** A container that the kubelet has just been told of: ready between one and three seconds later. */
export function freshContainer(
  given: Pick<Container, 'name' | 'role' | 'image' | 'behaviour' | 'restarted'>,
  now: number,
  pace: Pace,
): Container {
  return {
    ...given,
    phase: { kind: 'creating', until: now + pace.span(0.4 + pace.slow) },
    restarts: 0,
  };
}

/** The container's next step, if it is due; undefined when nothing happens now. */
export function nextStep(
  container: Container,
  now: number,
  pace: Pace,
): { readonly container: Container; readonly reports: readonly Report[] } | undefined {
  const { phase } = container;
  switch (phase.kind) {
    case 'creating':
      if (now < phase.until) return undefined;
      return container.behaviour.kind === 'image missing'
        ? failPull(container, now, pace, 0)
        : start(container, now, pace);
    case 'pull failed':
      return now < phase.retryAt ? undefined : failPull(container, now, pace, phase.attempts);
    case 'running':
      return phase.endsAt === undefined || now < phase.endsAt
        ? undefined
        : end(container, phase.run, now, pace);
    case 'ended':
      return phase.restartAt === undefined || now < phase.restartAt
        ? undefined
        : start({ ...container, restarts: container.restarts + 1 }, now, pace);
  }
}

function start(container: Container, now: number, pace: Pace) {
  const { behaviour, image, restarts } = container;
  const run = { startedAt: now };
  const first = restarts === 0;
  const becomesReady =
    behaviour.kind === 'healthy' || (behaviour.kind === 'exits' && behaviour.readyAtFirst && first);
  const readyAt = becomesReady ? now + pace.span(0.6 + pace.slow) : undefined;
  const seconds = behaviour.kind === 'exits' ? (first ? behaviour.firstRun : behaviour.laterRuns) : undefined;
  const endsAt = seconds === undefined ? undefined : now + pace.span(seconds);
  const reports: Report[] = [
    { type: 'Normal', reason: 'Pulled', message: `Container image "${image}" already present on machine` },
    { type: 'Normal', reason: 'Created', message: `Container created` },
    { type: 'Normal', reason: 'Started', message: `Container started` },
    ...(behaviour.kind === 'never ready' ? [unhealthy()] : []),
  ];
  return { container: { ...container, phase: { kind: 'running', run, readyAt, endsAt } as const }, reports };
}

function unhealthy(): Report {
  return {
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
  };
}

function end(ended: Container, run: ContainerRun, now: number, pace: Pace) {
  const exit = exitOf(ended);
  const last = { ...run, endedAt: now, exit };
  const container = { ...ended, ...(ended.last === undefined ? {} : { before: ended.last }) };
  if (!comesBack(container, exit))
    return {
      container: { ...container, phase: { kind: 'ended', restartAt: undefined } as const, last },
      reports: [],
    };
  const wait = backOff[Math.min(container.restarts, backOff.length - 1)] ?? 0;
  const phase = { kind: 'ended', restartAt: now + pace.span(wait) } as const;
  const report: Report = {
    type: 'Warning',
    reason: 'BackOff',
    message: `Back-off restarting failed container ${container.name}`,
  };
  return { container: { ...container, phase, last }, reports: [report] };
}

function exitOf({ behaviour, restarts }: Container): Exit {
  if (behaviour.kind !== 'exits') return { reason: 'Completed', exitCode: 0 };
  const { failures = 0, reason, exitCode } = behaviour;
  return restarts < failures ? { reason: 'Error', exitCode: 1 } : { reason, exitCode };
}

function comesBack({ restarted }: Container, { exitCode }: Exit): boolean {
  return restarted === 'Always' || (restarted === 'OnFailure' && exitCode !== 0);
}

/** How a container has ended for good; undefined while it runs or will run again. */
export function endOf({ phase, last }: Container): 'Succeeded' | 'Failed' | undefined {
  if (phase.kind !== 'ended' || phase.restartAt !== undefined) return undefined;
  return (last?.exit?.exitCode ?? 0) === 0 ? 'Succeeded' : 'Failed';
}

/** Whether what comes behind an init container may start: it has ended well; a sidecar has started. */
export function isPast(container: Container): boolean {
  return container.role === 'sidecar' ? container.phase.kind === 'running' : endOf(container) === 'Succeeded';
}

function failPull(container: Container, now: number, pace: Pace, attempts: number) {
  const wait = pullBackOff[Math.min(attempts, pullBackOff.length - 1)] ?? 0;
  const phase = { kind: 'pull failed', retryAt: now + pace.span(wait), attempts: attempts + 1 } as const;
  const first: Report[] = [
    { type: 'Warning', reason: 'Failed', message: pullError(container.image) },
    { type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull' },
  ];
  const later: Report[] = [
    { type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${container.image}"` },
    { type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' },
  ];
  return { container: { ...container, phase }, reports: attempts === 0 ? first : later };
}

function pullError(image: string): string {
  return `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to pull and unpack image "${image}": not found`;
}

export function isContainerReady(container: Container, now: number): boolean {
  const { phase, role } = container;
  if (role === 'init') return isPast(container);
  return phase.kind === 'running' && phase.readyAt !== undefined && now >= phase.readyAt;
}

/** The entry of status.containerStatuses. */
export function containerStatus(
  container: Container,
  podName: string,
  now: number,
  initializing: boolean,
): JsonObject {
  const { name, image, restarts, phase, last, before } = container;
  const isOver = phase.kind === 'ended' && (restarts === 0 || phase.restartAt === undefined);
  const earlier = isOver ? before : last;
  return {
    name,
    image,
    imageID:
      phase.kind === 'creating' || phase.kind === 'pull failed'
        ? ''
        : `${image.split(':')[0]}@sha256:${'0'.repeat(64)}`,
    ready: isContainerReady(container, now),
    restartCount: restarts,
    started: phase.kind === 'running',
    state:
      initializing && phase.kind === 'creating'
        ? { waiting: { reason: 'PodInitializing' } }
        : stateOf(container, podName),
    lastState: earlier === undefined ? {} : { terminated: terminated(earlier) },
  };
}

function stateOf(container: Container, podName: string): JsonObject {
  const { phase, image, name, restarts, last } = container;
  switch (phase.kind) {
    case 'creating':
      return { waiting: { reason: 'ContainerCreating' } };
    case 'pull failed':
      return phase.attempts === 1
        ? { waiting: { reason: 'ErrImagePull', message: pullError(image) } }
        : { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` } };
    case 'running':
      return { running: { startedAt: timestamp(phase.run.startedAt) } };
    case 'ended':
      // The first restart comes at once; only then does the kubelet back off.
      if (last !== undefined && (restarts === 0 || phase.restartAt === undefined))
        return { terminated: terminated(last) };
      return {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off restarting failed container=${name} pod=${podName}`,
        },
      };
  }
}

function terminated(run: ContainerRun): JsonObject {
  return {
    ...(run.exit ?? { reason: 'Completed', exitCode: 0 }),
    startedAt: timestamp(run.startedAt),
    finishedAt: timestamp(run.endedAt ?? run.startedAt),
  };
}
