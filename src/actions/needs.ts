import type { Action, ActionOf, Verb } from '../domain/action.ts';
import { departureOf } from '../domain/displaced.ts';
import type { FactNeeds, FieldPath } from '../domain/facts/needs.ts';
import { patchable } from '../domain/patchable.ts';

type Actions = { readonly [V in Verb]: ActionOf<V> };

/** What an action wants to know of its target before it is judged. */
interface Needs<V extends Verb> {
  readonly needs: (action: Actions[V]) => FactNeeds;
  /** The fields that it writes in its target; a change of one of them by somebody else, moments ago, is told. */
  readonly writes: (action: Actions[V]) => readonly FieldPath[];
}

const nothingMore = (): FactNeeds => ({});
const writesNothing = (): readonly FieldPath[] => [];
const always =
  (...path: FieldPath) =>
  (): readonly FieldPath[] => [path];

const writesTemplate = always('spec', 'template');

type Written = Pick<ActionOf<'label'>, 'remove'> & {
  readonly set: readonly { readonly key: string }[];
};
const keysOf = ({ set, remove }: Written): readonly string[] => [...set.map(({ key }) => key), ...remove];

function departure(action: Action): FactNeeds {
  const nodePods = departureOf(action);
  return nodePods === undefined ? {} : { nodePods };
}

function labelNeeds(action: ActionOf<'label'>): FactNeeds {
  switch (action.target.kind) {
    case 'Pod':
      return { podLabels: keysOf(action) };
    case 'Node':
      return { nodeLabels: keysOf(action) };
    default:
      return {};
  }
}

const table: { readonly [V in Verb]: Needs<V> } = {
  'rollout restart': { needs: nothingMore, writes: writesTemplate },
  'rollout undo': { needs: ({ toRevision }) => ({ undo: { toRevision } }), writes: writesTemplate },
  'rollout pause': { needs: nothingMore, writes: always('spec', 'paused') },
  'rollout resume': { needs: nothingMore, writes: always('spec', 'paused') },
  scale: { needs: nothingMore, writes: always('spec', 'replicas') },
  'set image': { needs: nothingMore, writes: writesTemplate },
  'delete pod': { needs: nothingMore, writes: writesNothing },
  cordon: { needs: nothingMore, writes: always('spec', 'unschedulable') },
  uncordon: { needs: nothingMore, writes: always('spec', 'unschedulable') },
  drain: { needs: departure, writes: always('spec', 'unschedulable') },
  taint: { needs: departure, writes: always('spec', 'taints') },
  label: {
    needs: labelNeeds,
    writes: (action) => keysOf(action).map((key) => ['metadata', 'labels', key]),
  },
  annotate: {
    needs: nothingMore,
    writes: (action) => keysOf(action).map((key) => ['metadata', 'annotations', key]),
  },
  'set env': {
    needs: ({ set, containers }) => ({ variables: { set, containers } }),
    writes: writesTemplate,
  },
  'set resources': {
    needs: ({ limits, requests, containers }) => ({
      resources: true,
      newResources: { limits, requests, containers },
    }),
    writes: writesTemplate,
  },
  autoscale: { needs: () => ({ resources: true }), writes: writesNothing },
  suspend: { needs: nothingMore, writes: always('spec', 'suspend') },
  resume: { needs: nothingMore, writes: always('spec', 'suspend') },
  'create job': {
    needs: ({ job }) => ({ newJob: job }),
    // What the new Job is made from is not written, but has to have settled. A Job's own template cannot change.
    writes: ({ target }) => (target.kind === 'CronJob' ? [['spec', 'jobTemplate']] : []),
  },
  'delete job': { needs: nothingMore, writes: writesNothing },
  patch: {
    // What a field may be depends on its neighbours.
    needs: ({ target }) => ({ fieldValues: Object.keys(patchable[target.kind]) }),
    writes: ({ fields }) => fields.map(({ path }) => path.split('.')),
  },
};

const rowFor = <V extends Verb>(verb: V): Needs<V> => table[verb];

/** What a look at the target must bring for an action, besides what every look brings. */
export function needsOf(action: Action): FactNeeds {
  return rowFor(action.verb).needs(action);
}

/** The fields that an action writes in its target; none where it writes another object. */
export function writesOf(action: Action): readonly FieldPath[] {
  return rowFor(action.verb).writes(action);
}
