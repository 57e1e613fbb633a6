import { describeTarget } from '../../../domain/action.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../domain/text/json.ts';
import { valueAt } from '../../../domain/text/json-pointer.ts';
import { type Draft, type DraftInput, refOf, refuse, send, withCronJob, withJob } from '../../draft.ts';

type Input = DraftInput<'create job'>;

/** A Job made from a CronJob as kubectl makes it (kubectl/pkg/cmd/create/create_job.go), or once more from a Job. */
export function calls(input: Input): Draft {
  return input.action.target.kind === 'CronJob' ? fromCronJob(input) : fromJob(input);
}

function fromCronJob(input: Input): Draft {
  return withCronJob(input, () => {
    const { target } = input.action;
    const template = valueAt(input.snapshot, 'spec', 'jobTemplate');
    const spec = valueAt(template, 'spec');
    if (!isJsonObject(spec)) return refuse(`${describeTarget(target)} has no template to make a Job from.`);
    const annotations = textsAt(template, 'metadata', 'annotations');
    const labels = valueAt(template, 'metadata', 'labels');
    const owner = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      name: target.name,
      uid: input.facts.identity.uid,
      // Without blockOwnerDeletion, which would need the right to update the CronJob's finalizers.
      controller: true,
    };
    return made(input, spec, {
      ...(isJsonObject(labels) ? { labels } : {}),
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...annotations },
      ownerReferences: [owner],
    });
  });
}

/** The new one has no owner: it is no run of the schedule, and nothing but its own time to live removes it. */
function fromJob(input: Input): Draft {
  return withJob(input, () => {
    const name = describeTarget(input.action.target);
    const spec = valueAt(input.snapshot, 'spec');
    if (!isJsonObject(spec)) return refuse(`${name} has no template to make a Job from.`);
    // The selector is the API server's and names the old Job; one that was suspended is to run now.
    const { selector: _selector, manualSelector: _manual, suspend: _suspend, template, ...rest } = spec;
    const labels = withoutOwn(textsAt(input.snapshot, 'metadata', 'labels'));
    const annotations = withoutOwn(textsAt(input.snapshot, 'metadata', 'annotations'));
    return made(
      input,
      { ...rest, template: withoutOwner(template ?? {}) },
      { ...labelled(labels, annotations) },
    );
  });
}

function made({ action }: Input, spec: JsonObject, metadata: JsonObject): Draft {
  const { job, target } = action;
  const ref = refOf({ kind: 'Job', namespace: target.namespace, name: job });
  return send({
    kind: 'create',
    ref,
    body: {
      apiVersion: ref.apiVersion,
      kind: 'Job',
      metadata: { name: job, namespace: target.namespace, ...metadata },
      spec,
    },
    recognise: { kind: 'ours' },
    sentence: `Create Job/${job} in ${target.namespace} from ${target.kind}/${target.name}.`,
  });
}

/** What the API server writes into each Job's template, in both spellings (generateSelector in registry/batch/job). */
const written = [
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
];

/** Marks that belong to the old object: what was applied, tracked or released was not the copy. */
const marks = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'batch.kubernetes.io/job-tracking',
  'argocd.argoproj.io/',
  'kustomize.toolkit.fluxcd.io/',
  'helm.toolkit.fluxcd.io/',
  'meta.helm.sh/',
  'firebreak/',
];

const isOwn = (key: string): boolean => written.includes(key) || marks.some((mark) => key.startsWith(mark));

function withoutOwn(texts: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => !isOwn(key)));
}

function withoutOwner(template: Json): Json {
  if (!isJsonObject(template)) return template;
  const { metadata, ...rest } = template;
  if (!isJsonObject(metadata)) return template;
  const labels = Object.entries(textsAt(metadata, 'labels')).filter(([key]) => !written.includes(key));
  return { ...rest, metadata: { ...metadata, labels: Object.fromEntries(labels) } };
}

function labelled(labels: JsonObject, annotations: JsonObject): JsonObject {
  return {
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

function textsAt(root: Json | undefined, ...path: readonly string[]): JsonObject {
  const found = valueAt(root, ...path);
  return isJsonObject(found) ? found : {};
}
