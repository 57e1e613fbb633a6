import { z } from 'zod';
import type { Facts, NodeSubject } from '../../src/domain/facts/facts.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { node } from '../../src/simulator/workloads.ts';
import type { Applied } from '../../src/workflow/applied.ts';
import { unfenced } from '../support/unfenced.ts';
import type { Stage } from './cluster-world.ts';
import { patience } from './cluster-world.ts';
import { freshName, type Rest, until } from './rest.ts';

const ownKey = 'firebreak.test/own';

const seen = z.object({
  spec: z
    .object({
      unschedulable: z.boolean().default(false),
      taints: z
        .array(z.object({ key: z.string(), value: z.string().default(''), effect: z.string() }))
        .default([]),
    })
    .prefault({}),
  status: z
    .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) })
    .prefault({}),
});

/** Nodes that no pod of another test comes to, and what brings one's own pods there. */
export interface OwnNodes {
  /** Adds a node; resolves when it takes pods. */
  add(): Promise<string>;
  /** Parts of a pod's spec that lead it to these nodes and nowhere else. */
  readonly spec: JsonObject;
  /** Nobody hears from it any more; resolves when the cluster has drawn its conclusions. */
  silence(name: string): Promise<void>;
  read(name: string): Promise<z.infer<typeof seen>['spec']>;
  /** Taints beside the one that makes them one's own: `key=value:effect`. */
  taints(name: string): Promise<string[]>;
  readonly key: typeof ownKey;
}

/** @param rest the administrator's own requests */
export function ownNodes(rest: () => Rest): OwnNodes {
  const group = freshName('own');
  const read = async (name: string) => rest().send(seen, 'GET', `/api/v1/nodes/${name}`);
  let count = 0;
  return {
    key: ownKey,
    spec: {
      nodeSelector: { [ownKey]: group },
      tolerations: [
        { key: ownKey, operator: 'Exists', effect: 'NoSchedule' },
        // Without it a silent node's pods are deleted after five minutes, which a hastened simulator has after 15 s.
        { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
      ],
      terminationGracePeriodSeconds: 1,
    },
    async add() {
      count += 1;
      const name = `${group}-${count}`;
      const plain = node(name, '127.0.0.1', 'worker', 'zone-a');
      const metadata = { name, labels: { 'kubernetes.io/hostname': name, [ownKey]: group } };
      const spec = { taints: [{ key: ownKey, value: group, effect: 'NoSchedule' }] };
      await rest().send(z.looseObject({}), 'POST', '/api/v1/nodes', { ...plain, metadata, spec });
      const isUp = ({ spec: { taints }, status }: z.infer<typeof seen>) =>
        taints.length === 1 &&
        status.conditions.some((each) => each.type === 'Ready' && each.status === 'True');
      await until(() => read(name), isUp);
      return name;
    },
    async silence(name) {
      const path = `/api/v1/nodes/${name}`;
      const merge = 'application/merge-patch+json';
      const labels = { 'firebreak.test/silent': 'true' };
      await rest().send(z.looseObject({}), 'PATCH', path, { metadata: { labels } }, merge);
      const unknown = { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' };
      const silenced = async () => {
        const { status } = await read(name);
        if (!status.conditions.some((each) => each.type === 'Ready' && each.status === 'Unknown'))
          await rest().send(
            z.looseObject({}),
            'PATCH',
            `${path}/status`,
            { status: { conditions: [{ ...unknown, lastTransitionTime: new Date().toISOString() }] } },
            merge,
          );
        return read(name);
      };
      const isKnown = ({ spec: { taints }, status }: z.infer<typeof seen>) =>
        taints.some(({ key, effect }) => key.endsWith('/unreachable') && effect === 'NoExecute') &&
        status.conditions.some((each) => each.type === 'Ready' && each.status === 'Unknown');
      await until(silenced, isKnown);
    },
    read: async (name) => (await read(name)).spec,
    taints: async (name) =>
      (await read(name)).spec.taints
        .filter(({ key }) => key !== ownKey)
        .map(({ key, value, effect }) => `${key}=${value}:${effect}`),
  };
}

/** A pod template that leads to one's own nodes. */
export const onNodes = (
  { spec }: OwnNodes,
  more: JsonObject = {},
  name = 'web',
  image = 'web:1',
): JsonObject => ({
  template: {
    metadata: { labels: { app: name } },
    spec: { ...spec, containers: [{ name: 'app', image }], ...more },
  },
});

/** The node of the facts; throws for those of anything else. */
export function nodeOf({ subject }: Facts): NodeSubject {
  if (subject.kind !== 'node') throw new Error(`Not a node: ${subject.kind}`);
  return subject;
}

/**
 * Sends every call of a plan as the workflow does: one that is held up is sent again later.
 *
 * @param relief what makes it possible after all; called when something is held up for the first time
 * @returns what each was answered, and why something was held up each time that it was
 */
export async function carryOut(
  stage: Stage,
  { calls, fieldManager }: Plan,
  relief: () => Promise<unknown> = async () => undefined,
): Promise<{ answers: Applied[]; heldUp: string[] }> {
  const answers: Applied[] = [];
  const heldUp: string[] = [];
  for (const call of calls) {
    const answer = await until(
      async () => {
        const applied = await stage.world().cluster.apply(call, fieldManager, patience(), unfenced);
        if (applied.kind === 'blocked') {
          if (heldUp.length === 0) await relief();
          heldUp.push(applied.reason);
        }
        return applied;
      },
      ({ kind }) => kind !== 'blocked',
    );
    answers.push(answer);
  }
  return { answers, heldUp };
}
