import { test } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../../src/domain/text/json.ts';
import type { Stage, WorkloadName } from './cluster-world.ts';
import { daemonSet } from './manifests.ts';
import { onNodes, ownNodes } from './own-nodes.ts';
import { until } from './rest.ts';

const merge = 'application/merge-patch+json';

/** On which nodes a DaemonSet has its pods, and where those that are there may stay. */
export function daemonNodeContract(stage: Stage): void {
  const own = () => ownNodes(stage.rest);
  const patchNode = (name: string, body: JsonObject) =>
    stage.rest().send(z.looseObject({}), 'PATCH', `/api/v1/nodes/${name}`, body, merge);

  /** A node that changes none of its pods is no news to the controller, and its numbers stay as they are until it looks again. */
  const touch = ({ namespace, name }: WorkloadName, note: string) =>
    stage
      .rest()
      .send(
        z.looseObject({}),
        'PATCH',
        `/apis/apps/v1/namespaces/${namespace}/daemonsets/${name}`,
        { metadata: { annotations: { 'firebreak.test/note': note } } },
        merge,
      );

  /** Nodes of the pods that are not on their way out. */
  const placed = (target: WorkloadName, nodes: readonly string[], desired = nodes.length) =>
    until(
      () => stage.observe(target),
      (seen) => {
        const on = seen.pods.flatMap(({ node, deleting }) => (deleting ? [] : [node]));
        return seen.desired === desired && on.toSorted().join() === [...nodes].toSorted().join();
      },
    );
  const started = async (spec: JsonObject): Promise<WorkloadName> => ({
    ...{ kind: 'DaemonSet', name: 'web' },
    namespace: await stage.namespace(daemonSet({ spec })),
  });

  test('a DaemonSet has pods where its selector, its affinity and its tolerations lead', async ({
    expect,
  }) => {
    const nodes = own();
    const [plain, labelled, tainted, pressed] = [
      await nodes.add(),
      await nodes.add(),
      await nodes.add(),
      await nodes.add(),
    ];
    await patchNode(labelled, { metadata: { labels: { tier: 'edge' } } });
    const ours = { key: nodes.key, value: plain.replace(/-\d+$/, ''), effect: 'NoSchedule' };
    const closed = { key: 'closed', value: 'yes', effect: 'NoSchedule' };
    const pressure = { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' };
    await patchNode(tainted, { spec: { taints: [ours, closed] } });
    await patchNode(pressed, { spec: { taints: [ours, pressure], unschedulable: true } });
    const away = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['edge'] }] }],
        },
      },
    };
    const everywhere = await started(onNodes(nodes));
    await placed(everywhere, [plain, labelled, pressed]);
    const elsewhere = await started(onNodes(nodes, { affinity: away }));
    await placed(elsewhere, [plain, pressed]);
    const tolerations = [
      { key: nodes.key, operator: 'Exists', effect: 'NoSchedule' },
      { key: 'closed', operator: 'Exists' },
    ];
    const tolerant = await started(onNodes(nodes, { affinity: away, tolerations }));
    await placed(tolerant, [plain, tainted, pressed]);
    const chosen = await started(onNodes(nodes, { nodeSelector: { [nodes.key]: ours.value, tier: 'edge' } }));
    await placed(chosen, [labelled]);
    expect((await stage.observe(chosen)).desired).toBe(1);
  });

  test('a pod of a DaemonSet stays where none would be started, until a taint drives it away', async () => {
    const nodes = own();
    const [first, second] = [await nodes.add(), await nodes.add()];
    const target = await started(onNodes(nodes));
    await placed(target, [first, second]);
    const ours = { key: nodes.key, value: first.replace(/-\d+$/, ''), effect: 'NoSchedule' };
    const closed = (effect: string) => ({ key: 'closed', value: 'yes', effect });
    await patchNode(first, { spec: { taints: [ours, closed('NoSchedule')] } });
    await touch(target, 'once');
    await placed(target, [first, second], 1);
    await patchNode(first, { spec: { taints: [ours, closed('NoExecute')] } });
    await placed(target, [second]);
    await patchNode(first, { spec: { taints: [ours] } });
    await placed(target, [first, second]);
    await nodes.silence(second);
    await touch(target, 'twice');
    await placed(target, [first, second], 1);
  });
}
