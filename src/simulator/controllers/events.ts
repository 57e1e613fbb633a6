import { createHash } from 'node:crypto';
import type { JsonObject } from '../json.ts';
import { nameOf, namespaceOf, uidOf } from '../objects/identity.ts';
import { timestamp } from '../objects/store.ts';
import { events } from '../resources.ts';
import { edited, numberAt, objectAt, put, textAt } from '../tree.ts';
import type { Controller, World } from '../world.ts';

export interface Notice {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly component: string;
  readonly fieldPath?: string;
}

/** Records an event about an object; a repeat of the same one counts up, as client-go's correlator does. */
export function record(world: World, about: JsonObject, notice: Notice): void {
  // Events about objects without a namespace, such as nodes, live in "default".
  const namespace = namespaceOf(about) || 'default';
  const writer = { manager: notice.component, operation: 'Update' } as const;
  const time = timestamp(world.now());
  const known = world.store.list(events, namespace).find((event) => isRepeat(event, about, notice));
  if (known !== undefined) {
    const next = edited(known, (draft) => {
      put(draft, ['count'], (numberAt(draft, 'count') ?? 1) + 1);
      put(draft, ['lastTimestamp'], time);
    });
    world.store.update(events, next, writer);
    return;
  }
  world.store.create(events, newEvent(about, notice, { namespace, time, id: world.newId() }), writer);
}

function isRepeat(event: JsonObject, about: JsonObject, notice: Notice): boolean {
  if (textAt(event, 'involvedObject', 'uid') !== uidOf(about)) return false;
  return textAt(event, 'reason') === notice.reason && textAt(event, 'message') === notice.message;
}

function newEvent(
  about: JsonObject,
  notice: Notice,
  { namespace, time, id }: { readonly namespace: string; readonly time: string; readonly id: string },
): JsonObject {
  const inNamespace = namespaceOf(about) === '' ? {} : { namespace };
  return {
    metadata: {
      name: `${nameOf(about)}.${createHash('sha256').update(id).digest('hex').slice(0, 16)}`,
      namespace,
    },
    involvedObject: {
      kind: textAt(about, 'kind') ?? '',
      ...inNamespace,
      name: nameOf(about),
      uid: uidOf(about),
      apiVersion: textAt(about, 'apiVersion') ?? '',
      resourceVersion: textAt(about, 'metadata', 'resourceVersion') ?? '',
      ...(notice.fieldPath === undefined ? {} : { fieldPath: notice.fieldPath }),
    },
    reason: notice.reason,
    message: notice.message,
    source: { component: notice.component },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    type: notice.type,
    eventTime: null,
    reportingComponent: notice.component,
    reportingInstance: '',
  };
}

/** The API server's --event-ttl, in seconds. */
const lifetime = 3600;

/** Forgets events that nothing repeated for an hour. */
export const expireEvents: Controller = (world) => {
  for (const event of world.store.list(events)) {
    const last = Date.parse(
      textAt(event, 'lastTimestamp') ?? textAt(objectAt(event, 'metadata'), 'creationTimestamp') ?? '',
    );
    if (last + world.span(lifetime) < world.now()) world.store.remove(events, event);
  }
};
