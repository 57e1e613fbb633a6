import { z } from 'zod';
import type { Facts } from '../../../../domain/facts/facts.ts';
import { keysOf, type Selector } from '../../../../domain/selector.ts';
import { type AnyObject, metadata, selector } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { type Kind, resourceOf } from '../../client/resource.ts';
import type { Budget, Service } from '../dependents/objects.ts';
import { controllerOf } from '../pod.ts';
import type { Unknowns } from '../unknowns.ts';
import { readSelecting } from './selecting-kinds.ts';

type Picker = NonNullable<Facts['pickers']>[number];

/** What was read of the pod's namespace already. */
interface Selecting {
  readonly object: AnyObject;
  readonly services: readonly Service[];
  readonly budgets: readonly Budget[];
}

const controller = z.object({ metadata, spec: z.object({ selector: selector.nullish() }) });
const controllers: readonly string[] = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'] satisfies Kind[];
const isController = (kind: string): kind is 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'Job' =>
  controllers.includes(kind);

/** Whatever selects pods by one of the keys that are written: the pod's controller, Services, budgets, policies, a mesh. */
export async function readPickers(
  reader: Reader,
  unknowns: Unknowns,
  keys: readonly string[],
  { object, services, budgets }: Selecting,
): Promise<Picker[]> {
  const [own, others] = await Promise.all([
    readController(reader, unknowns, object),
    readSelecting(reader, unknowns, object.metadata.namespace ?? ''),
  ]);
  const all = [...own, ...services.map(serviceOf), ...budgets.flatMap(budgetOf), ...others];
  return all
    .filter((each) => keysOf(each.selector).some((key) => keys.includes(key)))
    .toSorted((a, b) => (`${a.kind}/${a.name}` < `${b.kind}/${b.name}` ? -1 : 1));
}

async function readController(reader: Reader, unknowns: Unknowns, object: AnyObject): Promise<Picker[]> {
  const owner = controllerOf(object);
  const { namespace } = object.metadata;
  if (owner === undefined) return [];
  const { kind, name } = owner;
  if (!isController(kind)) {
    unknowns.add('selector of the controller', `the selector of ${kind}/${name} is not read`);
    return [];
  }
  const read = await unknowns.orUnknown(
    'selector of the controller',
    reader.get(controller, resourceOf(kind, { namespace, name })),
  );
  const found = read?.value.spec.selector;
  return found == null ? [] : [{ kind, name, selector: plain(found) }];
}

const plain = ({ matchLabels, matchExpressions }: Selector): Selector => ({ matchLabels, matchExpressions });

function budgetOf({ metadata: { name }, spec }: Budget): readonly Picker[] {
  return spec.selector == null ? [] : [{ kind: 'PodDisruptionBudget', name, selector: plain(spec.selector) }];
}

/** A Service without a selector picks nothing: it asks for no key either. */
function serviceOf({ metadata: { name }, spec }: Service): Picker {
  return { kind: 'Service', name, selector: { matchLabels: spec.selector, matchExpressions: [] } };
}
