import { printAction } from '../../actions/print.ts';
import { namespaceOf } from '../../domain/action.ts';
import type { CronJobSubject, Facts, JobSubject, PodFact, Subject } from '../../domain/facts/facts.ts';
import type { ExpressionInput } from '../../domain/policy/rule.ts';
import type { RuleInput } from './rule.ts';

type Seen = Pick<RuleInput, 'action' | 'facts' | 'policy' | 'circumstances' | 'production' | 'memberships'>;

/** What the policy's own expressions see of an evaluation, and a playbook's claim of its target. */
export function expressionInputOf(input: Seen): ExpressionInput {
  const { action, facts } = input;
  return {
    action: {
      verb: action.verb,
      command: printAction(action),
      replicas: 'replicas' in action ? action.replicas : undefined,
      toRevision: 'toRevision' in action ? action.toRevision : undefined,
      images: 'images' in action ? action.images.map(({ image }) => image) : [],
    },
    target: {
      kind: action.target.kind,
      name: action.target.name,
      namespace: namespaceOf(action.target),
    },
    facts: {
      cluster: facts.cluster,
      production: input.production !== undefined,
      environments: input.memberships.map(({ name }) => name),
      namespaceLabels: facts.namespace?.labels ?? {},
      unknown: facts.unknown.map(({ fact }) => fact),
      gitOps: facts.gitOps?.manager,
      autoscalerMin: facts.autoscaler?.min,
      autoscalerMax: facts.autoscaler?.max,
      ...subjectFacts(facts.subject),
      ...podFacts(facts.subject),
      events: facts.warnings?.map(({ reason }) => reason),
    },
    labels: facts.identity.labels,
    ...timeOf(input),
  };
}

function subjectFacts(subject: Subject): Partial<ExpressionInput['facts']> {
  switch (subject.kind) {
    case 'workload': {
      const { desired, ready, updated, available, paused, rollingOut, strategy, containers } = subject;
      const images = containers.map(({ image }) => image);
      return { desired, ready, updated, available, paused, rollingOut, strategy: strategy.type, images };
    }
    case 'pod':
      return {
        restarts: subject.pod.restarts,
        desired: subject.controller?.desired,
        ready: subject.controller?.ready,
      };
    case 'node': {
      const { pods, controlPlane, otherSchedulableNodes } = subject;
      return { pods, controlPlane, otherSchedulableNodes, nodeReady: subject.ready };
    }
    case 'cronJob':
      return { paused: subject.suspended, ...imagesOf(subject) };
    case 'job':
      return {
        paused: subject.suspended,
        pods: subject.pods.length,
        failed: subject.failed,
        ...imagesOf(subject),
      };
    case 'autoscaler':
      return { autoscalerMin: subject.min, autoscalerMax: subject.max };
  }
}

/** What its pods wait for and how they ended, each reason once; nothing where they are not known. */
function podFacts(subject: Facts['subject']): Partial<ExpressionInput['facts']> {
  const pods = podsOf(subject);
  if (pods === undefined) return {};
  const reasons = (key: 'waiting' | 'terminated') =>
    [...new Set(pods.map((pod) => pod[key]))].filter((reason) => reason !== undefined);
  return {
    waiting: reasons('waiting'),
    ended: reasons('terminated'),
    podRestarts: pods.reduce((most, { restarts }) => Math.max(most, restarts), 0),
  };
}

function podsOf(subject: Subject): readonly PodFact[] | undefined {
  if (subject.kind === 'pod') return [subject.pod];
  return subject.kind === 'workload' || subject.kind === 'job' ? subject.pods : undefined;
}

function imagesOf({ images }: CronJobSubject | JobSubject): { images?: string[] } {
  return images === undefined ? {} : { images: Object.values(images) };
}

function timeOf({ policy, circumstances }: Seen): Pick<ExpressionInput, 'time'> {
  const local = circumstances.local.find(({ zone }) => zone === policy.timeZone);
  if (local === undefined) return {};
  const { weekday, date, time } = local;
  return { time: { weekday, date, hour: Number(time.slice(0, 2)), minute: Number(time.slice(3)) } };
}
