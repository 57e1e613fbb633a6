import { z } from 'zod';
import type { Facts } from '../../../../domain/facts/facts.ts';
import { keysOf, type Selector } from '../../../../domain/selector.ts';
import { type AnyObject, metadata, selector } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { type Kind, resourceOf } from '../../client/resource.ts';
import type { Service } from '../dependents/objects.ts';
import { controllerOf } from '../pod.ts';
import type { Unknowns } from '../unknowns.ts';

type Picker = NonNullable<Facts['pickers']>[number];

const controller = z.object({ metadata, spec: z.object({ selector: selector.nullish() }) });
const controllers: readonly string[] = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'] satisfies Kind[];
const isController = (kind: string): kind is 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'Job' =>
  controllers.includes(kind);

/** The selectors of the pod's controller and of the Services beside it that ask for one of the keys that are written. */
export async function readPickers(
  reader: Reader,
  unknowns: Unknowns,
  keys: readonly string[],
  { object, services }: { object: AnyObject; services: readonly Service[] },
): Promise<Picker[]> {
  const own = await readController(reader, unknowns, object);
  const all = [...own, ...services.map(serviceOf)];
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

/** A Service without a selector picks nothing: it asks for no key either. */
function serviceOf({ metadata: { name }, spec }: Service): Picker {
  return { kind: 'Service', name, selector: { matchLabels: spec.selector, matchExpressions: [] } };
}
