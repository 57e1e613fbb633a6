import { isDeepStrictEqual } from 'node:util';
import { canonicalJson, type JsonObject } from '../json.ts';
import { nameOf, namespaceOf } from '../objects/identity.ts';
import { controllerRevisions } from '../resources.ts';
import { at, numberAt, objectAt, textAt } from '../tree.ts';
import { controllerManager, type World } from '../world.ts';
import { ownedBy, ownerReference } from './ownership.ts';
import { shortHash } from './template.ts';

export const revisionHashLabel = 'controller-revision-hash';

export function revisionNumber(revision: JsonObject): number {
  return numberAt(revision, 'revision') ?? 0;
}

/** The template as a strategic merge patch, byte for byte what an undo sends (controller/history). */
function dataOf(owner: JsonObject): JsonObject {
  return { spec: { template: { ...objectAt(owner, 'spec', 'template'), $patch: 'replace' } } };
}

/**
 * The ControllerRevisions of a StatefulSet or DaemonSet, oldest first, the last one being its present template:
 * made when the template is new, given the next number when an earlier template comes back.
 */
export function revisionsOf(world: World, owner: JsonObject): JsonObject[] {
  const known = ownedBy(world, owner, controllerRevisions).sort(
    (a, b) => revisionNumber(a) - revisionNumber(b),
  );
  const data = dataOf(owner);
  const same = known.find((each) => isDeepStrictEqual(each['data'], data));
  const last = known.at(-1);
  const next = (last === undefined ? 0 : revisionNumber(last)) + 1;
  if (same === undefined) return [...known, create(world, owner, data, next)];
  if (same === last) return known;
  const newest = world.store.update(controllerRevisions, { ...same, revision: next }, controllerManager);
  return [...known.filter((each) => each !== same), newest];
}

function create(world: World, owner: JsonObject, data: JsonObject, number: number): JsonObject {
  // With the kind: a StatefulSet and a DaemonSet may share a name and a template.
  const hash = shortHash(`${textAt(owner, 'kind') ?? ''} ${canonicalJson(data)}`, 10);
  const revision = {
    metadata: {
      name: `${nameOf(owner)}-${hash}`,
      namespace: namespaceOf(owner),
      labels: { ...objectAt(owner, 'spec', 'template', 'metadata', 'labels'), [revisionHashLabel]: hash },
      ...(at(owner, 'metadata', 'annotations') === undefined
        ? {}
        : { annotations: objectAt(owner, 'metadata', 'annotations') }),
      ownerReferences: [ownerReference(owner)],
    },
    data,
    revision: number,
  };
  return world.store.create(controllerRevisions, revision, controllerManager);
}

/** The pod template that a revision keeps. */
export function templateOf(revision: JsonObject): JsonObject {
  const { $patch: _, ...template } = objectAt(revision, 'data', 'spec', 'template');
  return template;
}

/** Removes the oldest revisions that no pod uses, beyond revisionHistoryLimit. */
export function trimRevisions(
  world: World,
  owner: JsonObject,
  revisions: readonly JsonObject[],
  used: ReadonlySet<string>,
): void {
  const limit = numberAt(owner, 'spec', 'revisionHistoryLimit') ?? 10;
  const unused = revisions.slice(0, -1).filter((each) => !used.has(nameOf(each)));
  for (const revision of unused.slice(0, Math.max(0, unused.length - limit)))
    world.store.remove(controllerRevisions, revision);
}
