import type { ActionOf, Verb } from '../../domain/action.ts';
import { boundsOf, within } from '../../actions/scaling/bounds.ts';
import type {
  CronJobSubject,
  Facts,
  JobSubject,
  NodeSubject,
  WorkloadSubject,
} from '../../domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../domain/spec.ts';
import { asJson, type Json } from '../../domain/text/json.ts';
import { valueNow } from '../../actions/fields/patch/patching.ts';
import { keysOf, liveTexts, mapOf } from '../../actions/metadata/texts.ts';

/**
 * What an approval binds to: the action, this very object, the fields that the decision relied on, the target
 * state and the way back. Left out is what moves by itself: score, ids, times, ready counts, resourceVersion, and
 * the generation, because an annotation raises it too.
 */
export function bindingOf(spec: DeclarativeSpec, facts: Facts): Json {
  const { action, targetState, rollbackPlan } = spec;
  return asJson({
    action,
    cluster: facts.cluster,
    uid: facts.identity.uid,
    guarded: guarded(spec, facts),
    targetState,
    rollbackPlan,
  });
}

function guarded(spec: DeclarativeSpec, facts: Facts): object {
  return guardedFields(spec, facts) ?? guardedSubject(spec, facts);
}

/** What a verb that writes single fields relied on: what stands there now. */
function guardedFields({ action }: DeclarativeSpec, facts: Facts): object | undefined {
  switch (action.verb) {
    case 'label':
    case 'annotate': {
      const live = liveTexts({ facts }, action);
      return {
        [mapOf(action)]: Object.fromEntries(keysOf(action).map((key) => [key, live.get(key) ?? null])),
      };
    }
    case 'autoscale':
      return guardedScaling(action, facts);
    case 'patch':
      return {
        fields: Object.fromEntries(action.fields.map(({ path }) => [path, valueNow(facts, path) ?? null])),
      };
    default:
      return undefined;
  }
}

/** Replicas within the limits move by themselves; those outside are what the decision was about. */
function guardedScaling(action: ActionOf<'autoscale'>, { autoscaler, subject }: Facts): object {
  const replicas = subject.kind === 'workload' ? subject.desired : 0;
  const moved = within(boundsOf(action, autoscaler), replicas) !== replicas;
  const { name, min, max, uid, cpu } = autoscaler ?? {};
  return {
    autoscaler: name === undefined ? null : { name, uid, min, max, cpu },
    ...(moved ? { replicas } : {}),
  };
}

function guardedSubject({ action }: DeclarativeSpec, { subject, identity }: Facts): object {
  switch (subject.kind) {
    case 'pod':
      return { pod: subject.pod.uid, controller: subject.controller?.name };
    case 'node':
      return guardedNode(action.verb, subject);
    case 'workload':
      return guardedWorkload(action.verb, subject);
    case 'cronJob':
      return guardedCronJob(action.verb, subject, identity.generation);
    case 'job':
      return guardedJob(action.verb, subject);
    case 'autoscaler':
      return { min: subject.min, max: subject.max };
  }
}

/** What starts a run binds to everything that says what runs and when: only a write to the spec moves its generation. */
function guardedCronJob(verb: Verb, cronJob: CronJobSubject, generation: number): object {
  const { suspended, schedule, timeZone, images } = cronJob;
  switch (verb) {
    case 'suspend':
      return { suspended };
    case 'resume':
      return { suspended, schedule, timeZone, images, generation };
    case 'create job':
      return { images, generation };
    default:
      return {};
  }
}

/** The template of a Job never changes. Pods come and go by themselves; a Job that has ended stays so. */
function guardedJob(verb: Verb, { suspended, ended }: JobSubject): object {
  return verb === 'create job' ? { ended } : { suspended };
}

/** The taints that controllers set come and go with the state of the node. */
function guardedNode(verb: Verb, { unschedulable, taints = [] }: NodeSubject): object {
  if (verb !== 'taint') return { unschedulable };
  const own = taints.filter(({ key }) => !key.startsWith('node.kubernetes.io/'));
  return { taints: own.map(({ key, value = '', effect }) => `${key}=${value}:${effect}`).toSorted() };
}

function guardedWorkload(verb: Verb, workload: WorkloadSubject): object {
  const { desired: replicas, paused, strategy, liveRevision } = workload;
  const images = Object.fromEntries(workload.containers.map(({ name, image }) => [name, image]));
  switch (verb) {
    case 'scale':
      return { replicas };
    case 'set image':
      return { images, paused };
    case 'set env':
      return { images, paused, strategy: strategy.type, liveRevision, variables: variablesOf(workload) };
    case 'set resources':
      return { images, paused, strategy: strategy.type, liveRevision, resources: resourcesOf(workload) };
    case 'rollout undo':
      return { images, paused, replicas, strategy: strategy.type, liveRevision };
    case 'rollout restart':
      return { images, paused, replicas, strategy: strategy.type };
    default:
      return { images, paused };
  }
}

const variablesOf = ({ containers }: WorkloadSubject) =>
  Object.fromEntries(containers.map(({ name, env }) => [name, env?.names.toSorted() ?? null]));

const resourcesOf = ({ containers }: WorkloadSubject) =>
  Object.fromEntries(containers.map(({ name, resources }) => [name, resources ?? null]));
