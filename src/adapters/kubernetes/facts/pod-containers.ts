import type { PodFact } from '../../../domain/facts/facts.ts';
import type { ContainerStatus, Pod } from '../client/objects.ts';

type ContainerFact = NonNullable<PodFact['containers']>[number];
type Role = ContainerFact['role'];

/** A container with its status. `over`: an init container that the pod has behind it, whatever it took. */
interface PodContainer {
  readonly status: ContainerStatus;
  readonly role: Role;
  readonly over: boolean;
}

/** The containers of a pod, and whether those that run before its own still have to end or to start. */
export interface PodContainers {
  readonly initializing: boolean;
  readonly all: readonly PodContainer[];
}

/**
 * The containers of a pod as kubectl looks at them (printPod in kubernetes/pkg/printers/internalversion/printers.go): while
 * a pod initializes, what its init containers do is what it does; once it has initialized, its sidecars (init containers
 * of the restartPolicy Always) and its own containers are.
 */
export function containersOf({ spec, status }: Pick<Pod, 'spec' | 'status'>): PodContainers {
  const sidecars = new Set(
    spec.initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name),
  );
  const first = status.initContainerStatuses.map((each) => ({
    status: each,
    role: sidecars.has(each.name) ? ('sidecar' as const) : ('init' as const),
  }));
  const initialized = status.conditions.some(
    ({ type, status: held }) => type === 'Initialized' && held === 'True',
  );
  const initializing = !initialized && !first.every(isPast);
  return {
    initializing,
    all: [
      ...first.map((each) => ({ ...each, over: each.role === 'init' && (!initializing || isPast(each)) })),
      ...status.containerStatuses.map((each) => ({ status: each, role: 'main' as const, over: false })),
    ],
  };
}

/** What comes behind an init container starts when that has ended well, behind a sidecar when that has started. */
function isPast({ status, role }: Pick<PodContainer, 'status' | 'role'>): boolean {
  return status.state.terminated?.exitCode === 0 || (role === 'sidecar' && status.started === true);
}

/** What kubectl prints under RESTARTS: those of init containers count only while the pod initializes. */
export function restartsOf({ initializing, all }: PodContainers): number {
  return all
    .filter(({ role }) => role === 'sidecar' || (role === 'init') === initializing)
    .reduce((sum, { status }) => sum + status.restartCount, 0);
}

/** The kubelet's condition Ready asks the sidecars too; one that says that it is not ready is believed all the same. */
export function sidecarsReady({ all }: PodContainers): boolean {
  return all.every(({ role, status }) => role !== 'sidecar' || status.ready !== false);
}

/** Those that have restarted, wait for what may not come or have ended badly. The others need no words. */
export function troubledContainers({ all }: PodContainers): ContainerFact[] {
  return all
    .filter(({ over }) => !over)
    .map(({ status, role }) => {
      const waiting = waitingReason(status);
      const terminated = terminationReason(status);
      return {
        name: status.name,
        role,
        restarts: status.restartCount,
        ...(waiting === undefined ? {} : { waiting }),
        ...(terminated === undefined ? {} : { terminated }),
      };
    })
    .filter((each) => each.restarts > 0 || 'waiting' in each || 'terminated' in each);
}

/**
 * What a pod waits for in the words of kubectl, which takes the first of its own containers and puts `Init:` before the
 * reason of one that runs before them.
 */
export function waitingFor(troubled: readonly ContainerFact[]): string | undefined {
  const stuck = troubled.filter(({ waiting }) => waiting !== undefined);
  const own = stuck.find(({ role }) => role === 'main');
  return own?.waiting ?? (stuck[0] && `Init:${stuck[0].waiting}`);
}

/** Starting up is no failure: these two are what every new pod waits for. */
const startingUp = new Set(['ContainerCreating', 'PodInitializing']);

function waitingReason({ state }: ContainerStatus): string | undefined {
  const reason = state.waiting?.reason;
  return reason === undefined || startingUp.has(reason) ? undefined : reason;
}

/** The last end of a container, unless it ended as it should. */
function terminationReason({ state, lastState }: ContainerStatus): string | undefined {
  const { reason } = state.terminated ?? lastState.terminated ?? {};
  return reason === 'Completed' ? undefined : reason;
}
