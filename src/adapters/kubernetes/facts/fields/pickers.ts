import { z } from 'zod';
import type { ActionOf } from '../../../../domain/action.ts';
import type { Facts } from '../../../../domain/facts/facts.ts';
import { keysOf, type Selector } from '../../../../domain/selector.ts';
import { type AnyObject, metadata, selector } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { type Kind, resourceOf } from '../../client/resource.ts';
import type { Service } from '../dependents/objects.ts';
import { controllerOf } from '../pod.ts';
import type { Gaps } from '../unknowns.ts';

type Picker = NonNullable<Facts['pickers']>[number];

const controller = z.object({ metadata, spec: z.object({ selector: selector.nullish() }) });
const controllers: readonly string[] = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'] satisfies Kind[];
const isController = (kind: string): kind is 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'Job' =>
  controllers.includes(kind);

/** The selectors of the pod's controller and of the Services beside it that ask for one of the keys that are written. */
export async function readPickers(
  reader: Reader,
  gaps: Gaps,
  { set, remove }: ActionOf<'label'>,
  { object, services }: { object: AnyObject; services: readonly Service[] },
): Promise<Picker[]> {
  const keys = [...set.map(({ key }) => key), ...remove];
  const own = await readController(reader, gaps, object);
  const all = [...own, ...services.map(serviceOf)];
  return all
    .filter((each) => keysOf(each.selector).some((key) => keys.includes(key)))
    .toSorted((a, b) => (`${a.kind}/${a.name}` < `${b.kind}/${b.name}` ? -1 : 1));
}

async function readController(reader: Reader, gaps: Gaps, object: AnyObject): Promise<Picker[]> {
  const owner = controllerOf(object);
  const { namespace } = object.metadata;
  if (owner === undefined) return [];
  const { kind, name } = owner;
  if (!isController(kind)) {
    const reason = `the selector of ${kind}/${name} is not read`;
    const unread = {
      kind: 'refusal',
      status: 404,
      reason: '',
      sentence: reason,
      guardFailed: false,
    } as const;
    await gaps.fill('selector of the controller', Promise.resolve(unread));
    return [];
  }
  const read = await gaps.fill(
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
