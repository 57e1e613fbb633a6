import { test } from 'vitest';
import type { Action } from '../../src/domain/action.ts';
import type { Stage } from './cluster-world.ts';
import { patience } from './cluster-world.ts';
import { deployment, disruptionBudget, service } from './manifests.ts';

const labelled = (name: string, labels: Record<string, string>) =>
  deployment({ name, replicas: 1, metadata: { labels } });

/** What label selectors find, and one plan for several objects. */
export function severalContract(stage: Stage): void {
  const select = (namespace: string, selector: string) =>
    stage.world().cluster.select({ kind: 'Deployment', namespace, selector }, patience());

  test('a label selector finds names, sorted, in its namespace alone', async ({ expect }) => {
    const namespace = await stage.namespace(
      labelled('web', { tier: 'front' }),
      labelled('api', { tier: 'front', team: 'shop' }),
      labelled('db', { tier: 'data' }),
      deployment({ name: 'bare', replicas: 1 }),
    );
    const found = async (selector: string) => {
      const selected = await select(namespace, selector);
      return selected.kind === 'names' ? selected.names : selected.reason;
    };
    expect(await found('tier=front')).toEqual(['api', 'web']);
    expect(await found('tier in (front,data)')).toEqual(['api', 'db', 'web']);
    expect(await found('tier!=front')).toEqual(['bare', 'db']);
    expect(await found('!tier')).toEqual(['bare']);
    expect(await found('tier=front,!team')).toEqual(['web']);
    expect(await found('tier=nothing')).toEqual([]);
  });

  test('objects that are looked at together look as each does alone', async ({ expect }) => {
    const names = ['api', 'db', 'mail', 'shop', 'web'];
    const namespace = await stage.namespace(
      ...names.map((name) => labelled(name, {})),
      service('web', 'NodePort'),
      disruptionBudget('all', { maxUnavailable: 0, selector: {} }),
    );
    const targets = names.map((name) => ({ kind: 'Deployment', namespace, name }) as const);
    for (const target of targets) await stage.settled(target);
    const actions: Action[] = targets.map((target) => ({ verb: 'rollout restart', target }));
    const together = await stage.world().cluster.gather(actions, patience());
    for (const [index, action] of actions.entries()) {
      const { gatheredAt: _, neighbourhood, ...facts } = await stage.facts(action);
      expect(neighbourhood?.budgets).toHaveLength(1);
      // The nodes of other tests, and their zones, come and go.
      const some = expect.any(Number);
      const spread = { ...neighbourhood?.spread, ofNodes: some, ofZones: some };
      const around = { ...neighbourhood, spread };
      expect(together[index]).toMatchObject({ kind: 'facts', facts: { ...facts, neighbourhood: around } });
    }
  });

  test('a selector that cannot be read is denied with the words of the API server', async ({ expect }) => {
    const namespace = await stage.namespace();
    expect(await select(namespace, 'tier=front=back')).toMatchObject({
      kind: 'denied',
      reason: expect.stringContaining('refuses to list'),
    });
  });
}
