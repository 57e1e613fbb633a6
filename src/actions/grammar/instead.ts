import { type Action, action, type Target } from '../../domain/action.ts';

/** The same on another object; undefined where the verb has nothing to do with its kind. */
export function onTarget(asked: Action, target: Target): Action | undefined {
  return action.safeParse({ ...asked, target }).data;
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
