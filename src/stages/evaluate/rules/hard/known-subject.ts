import { describeTarget, namespaceOf } from '../../../../domain/action.ts';
import { block, nothing, type Rule } from '../../rule.ts';

const subjects = {
  Deployment: 'workload',
  StatefulSet: 'workload',
  DaemonSet: 'workload',
  Pod: 'pod',
  Node: 'node',
  Job: 'job',
  CronJob: 'cronJob',
  HorizontalPodAutoscaler: 'autoscaler',
} as const;

/** Block: facts that are not about the target cannot judge it. */
export const knownSubject: Rule = ({ action, facts }) => {
  const { target } = action;
  const expected = subjects[target.kind];
  const source = 'facts';
  if (facts.subject.kind !== expected) {
    return [block(`The facts of ${describeTarget(target)} are those of a ${facts.subject.kind}.`, source)];
  }
  const namespace = facts.namespace?.name;
  return namespace !== undefined && namespace !== namespaceOf(target)
    ? [block(`The facts of ${describeTarget(target)} are from the namespace ${namespace}.`, source)]
    : nothing;
};
