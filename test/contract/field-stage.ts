import { z } from 'zod';
import { kindOf } from '../../src/actions/action-kinds.ts';
import type { Action, Target } from '../../src/domain/action.ts';
import type { Facts } from '../../src/domain/facts/facts.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import type { Sample } from '../../src/domain/verdict.ts';
import { judge } from '../../src/stages/verify/judge.ts';
import type { Applied } from '../../src/workflow/applied.ts';
import type { Stage, WorkloadName } from './cluster-world.ts';
import { pathOf, patience } from './cluster-world.ts';
import { daemonSet, deployment, statefulSet } from './manifests.ts';
import { until } from './rest.ts';

/** The workloads that each verb is tried on. */
export const kinds: { kind: WorkloadName['kind']; manifest: (wish?: { spec?: JsonObject }) => JsonObject }[] =
  [
    { kind: 'Deployment', manifest: deployment },
    { kind: 'StatefulSet', manifest: statefulSet },
    { kind: 'DaemonSet', manifest: daemonSet },
  ];

const templated = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.array(
          z.looseObject({
            env: z.array(z.looseObject({ name: z.string() })).optional(),
            resources: z.unknown(),
          }),
        ),
      }),
    }),
  }),
});

/** What the contracts on single fields do with a stage, in their own words. */
export function fieldStage(stage: Stage) {
  const settle = async (kind: WorkloadName['kind'], manifest: JsonObject): Promise<WorkloadName> => {
    const target = { kind, namespace: await stage.namespace(manifest), name: 'web' };
    await until(
      () => stage.settled(target),
      ({ desired }) => desired > 0,
    );
    return target;
  };
  /** Rehearses, carries out and repeats an action; the repeat finds it done. */
  const once = async (action: Action) => {
    const plan = await stage.plan(action);
    const dry = await stage.world().cluster.dryRun(plan, patience());
    return { plan, dry, first: await stage.apply(plan), second: await stage.apply(plan) };
  };
  const accepted = {
    dry: { kind: 'accepted', warnings: [] },
    first: { kind: 'applied', result: { alreadyDone: false, warnings: [] } },
    second: { kind: 'applied', result: { alreadyDone: true } },
  };
  const pathTo = (target: Target): string => {
    if (target.kind === 'Node') return `/api/v1/nodes/${target.name}`;
    if (target.kind === 'Pod') return `/api/v1/namespaces/${target.namespace}/pods/${target.name}`;
    if (target.kind === 'HorizontalPodAutoscaler')
      return `/apis/autoscaling/v2/namespaces/${target.namespace}/horizontalpodautoscalers/${target.name}`;
    return `/apis/apps/v1/namespaces/${target.namespace}/${target.kind.toLowerCase()}s/${target.name}`;
  };
  const containerOf = async (target: WorkloadName) => {
    const { spec } = await stage.rest().send(templated, 'GET', pathOf(target));
    return spec.template.spec.containers[0];
  };
  const observe = async (target: Target) => stage.world().cluster.observe(target, patience());
  /** Looks until the look is judged to be this, as the verification would. */
  const judged = async (
    { action, facts, plan, first }: { action: Action; facts: Facts; plan: Plan; first: Applied },
    grade: Sample['grade'],
  ): Promise<Sample> => {
    const results = first.kind === 'applied' ? [first.result] : [];
    const target = kindOf(action.verb).observed({ action, facts });
    return until(
      async () => {
        const observation = await stage.world().cluster.observe(target, patience(), plan);
        return judge({ action, facts, results, observation });
      },
      (sample) => sample.grade === grade,
    );
  };
  return { settle, once, accepted, pathTo, containerOf, observe, judged };
}
