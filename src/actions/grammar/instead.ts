import { type Action, action, type Group, group, namespaceOf, type Target } from '../../domain/action.ts';

/** The same on another object; undefined where the verb has nothing to do with its kind. */
export function onTarget(asked: Action, target: Target): Action | undefined {
  return action.safeParse({ ...asked, target }).data;
}

/** The same on another object in the place of one of several; undefined where it is of another kind or place. */
export function withMember(
  asked: Group,
  missing: string,
  { kind, name, ...place }: Target,
): Group | undefined {
  const { target } = asked;
  if (!('names' in target) || kind !== target.kind || target.names.includes(name)) return undefined;
  if ('namespace' in place && place.namespace !== namespaceOf(target)) return undefined;
  const names = target.names.map((each) => (each === missing ? name : each));
  return group.safeParse({ ...asked, target: { ...target, names } }).data;
}

/** The same for another container; undefined where the verb names none. */
export function forContainer(asked: Action, from: string, to: string): Action | undefined {
  const other = (name: string): string => (name === from ? to : name);
  const images =
    'images' in asked
      ? { images: asked.images.map((each) => ({ ...each, container: other(each.container) })) }
      : {};
  const containers =
    'containers' in asked && asked.containers !== undefined
      ? { containers: asked.containers.map(other) }
      : {};
  return action.safeParse({ ...asked, ...images, ...containers }).data;
}
