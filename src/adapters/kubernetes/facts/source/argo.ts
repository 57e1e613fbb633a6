import { z } from 'zod';
import type { GitSource, ManifestSource, OneSource } from '../../../../domain/facts/manifest-source.ts';
import { withoutLogin } from '../../../../domain/manifest/address.ts';
import { redact } from '../../../../domain/text/redact.ts';
import { list, metadata } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import { afterPause } from '../../writes/pause-mark.ts';
import type { Held } from './held.ts';
import { ignored, mayIgnore } from './ignored.ts';

const source = z.object({
  repoURL: z.string(),
  targetRevision: z.string().nullish(),
  path: z.string().nullish(),
  chart: z.string().nullish(),
  ref: z.string().nullish(),
  directory: z
    .object({
      recurse: z.boolean().nullish(),
      jsonnet: z.record(z.string(), z.unknown()).nullish(),
      include: z.string().nullish(),
      exclude: z.string().nullish(),
    })
    .nullish(),
  kustomize: z.record(z.string(), z.unknown()).nullish(),
  helm: z.looseObject({ valueFiles: list(z.string()) }).nullish(),
  plugin: z.unknown().optional(),
});
type Source = z.infer<typeof source>;

const resource = z.object({
  group: z.string().nullish(),
  kind: z.string(),
  namespace: z.string().nullish(),
  name: z.string(),
});

const automatic = z.object({ enabled: z.boolean().nullish(), selfHeal: z.boolean().nullish() }).nullish();

export const application = z.object({
  metadata,
  spec: z.object({
    source: source.nullish(),
    sources: list(source),
    /** The branch for hydrated manifests: what is edited is not what is applied. */
    sourceHydrator: z.unknown().optional(),
    ignoreDifferences: list(ignored),
    syncPolicy: z
      .object({
        automated: automatic,
      })
      .nullish(),
  }),
  status: z
    .object({
      resources: list(resource),
      sync: z
        .object({ status: z.string().nullish(), revision: z.string().nullish(), revisions: list(z.string()) })
        .prefault({}),
      operationState: z
        .object({
          phase: z.string().nullish(),
          message: z.string().nullish(),
          syncResult: z.object({ revision: z.string().nullish(), revisions: list(z.string()) }).nullish(),
        })
        .nullish(),
    })
    .prefault({}),
});
export type Application = z.infer<typeof application>;

/**
 * Where an Argo CD Application takes an object from. Applications live in Argo CD's namespace or, as `namespace_name`, in
 * others (argo-cd.readthedocs.io, "Applications in any namespace"); one of a central Argo CD lives in another cluster.
 */
export async function readArgoSource(reader: Reader, mark: string, held: Held): Promise<ManifestSource> {
  const [before, after] = mark.split('_', 2);
  const place = after === undefined ? { name: mark } : { namespace: before, name: after };
  const read = await reader.list(application, resourceOf('Application', { namespace: place.namespace }), {
    fieldSelector: `metadata.name=${place.name}`,
  });
  if (read.kind === 'refusal' && read.status !== 404) return unclear(read.sentence);
  const found = read.kind === 'refusal' ? [] : read.value;
  const [app, second] = found.length < 2 ? found : found.filter((each) => holds(each, held) === true);
  if (app === undefined)
    return unclear(
      `there is no Argo CD Application ${mark} in this cluster that lists it; it may live in another cluster`,
    );
  if (second !== undefined) return unclear(`there are several Argo CD Applications ${mark}`);
  return sourceOf(app, held);
}

/** Custom resources may have the name of a kind of Kubernetes. */
function holds({ status }: Application, { group, kind, namespace, name }: Held): boolean | undefined {
  if (status.resources.length === 0) return undefined;
  return status.resources.some(
    (each) =>
      each.kind === kind &&
      (each.group ?? group) === group &&
      each.name === name &&
      (each.namespace ?? namespace) === namespace,
  );
}

function sourceOf(app: Application, held: Held): ManifestSource {
  const owner = {
    kind: 'Application',
    namespace: app.metadata.namespace ?? '',
    name: app.metadata.name,
  } as const;
  if (holds(app, held) === false)
    return { kind: 'unclear', owner, reason: `it does not list ${held.kind} ${held.name} as its own` };
  const unseen = app.spec.ignoreDifferences.flatMap((each, index) =>
    mayIgnore(each, held) ? [`spec.ignoreDifferences[${index}]`] : [],
  );
  const also = unseen.length === 0 ? {} : { overrides: unseen };
  const because = (reason: string) => ({ kind: 'unclear', owner, reason, ...also }) as const;
  if (app.spec.sourceHydrator != null) return because('its manifests are hydrated from another place');
  if (app.spec.sources.length > 1)
    return {
      ...because(`it has ${app.spec.sources.length} sources, and which of them makes the object is not said`),
      sources: app.spec.sources.map((each, index) => oneOf(each, `spec.sources[${index}]`)),
    };
  const only = app.spec.sources[0] ?? app.spec.source;
  if (only == null) return because('it has no source');
  if (only.chart)
    return {
      ...because(`it installs the chart ${only.chart} from ${addressOf(only.repoURL)}, not from Git`),
      sources: [oneOf(only, 'spec.source')],
    };
  if (only.plugin != null) return because('a plugin makes its manifests');
  const automated = app.spec.syncPolicy?.automated ?? automatic.safeParse(afterPause(app.metadata)).data;
  const applied = app.status.operationState?.syncResult?.revision ?? app.status.sync.revision;
  return {
    kind: 'git',
    owner,
    repository: addressOf(only.repoURL),
    revision: revisionOf(only.targetRevision),
    path: cleanPath(only.path),
    recurse: only.directory?.recurse === true,
    ...formOf(only),
    ...(only.helm == null ? {} : { valueFiles: only.helm.valueFiles }),
    overrides: [...overridesOf(only, 'spec.source'), ...unseen],
    selfHeal: automated != null && automated.enabled !== false && automated.selfHeal === true,
    ...(applied ? { applied } : {}),
  };
}

function oneOf(source: Source, at: string): OneSource {
  return {
    repository: addressOf(source.repoURL),
    // The top of what lends its files: it makes something as well (argo-cd.readthedocs.io, "Helm value files from external Git repository").
    path: source.ref && source.path ? cleanPath(source.path) || '.' : cleanPath(source.path),
    ...(source.ref ? { ref: source.ref } : {}),
    valueFiles: source.helm?.valueFiles ?? [],
    overrides: overridesOf(source, at),
  };
}

/** One that is named is taken whatever the folder has (argo-cd pkg/apis/application/v1alpha1/types.go, ExplicitType). */
function formOf({ kustomize, helm, directory }: Source): Pick<GitSource, 'form'> {
  if (kustomize != null) return { form: 'kustomize' };
  if (helm != null) return { form: 'helm' };
  return directory == null ? {} : { form: 'directory' };
}

/** `HEAD`, nothing, a commit and a range are no branches; whether any other text is one only the repository knows. */
function revisionOf(text: string | null | undefined): GitSource['revision'] {
  if (!text || text === 'HEAD') return { kind: 'fixed', text: 'HEAD' };
  const isFixed = /^[0-9a-f]{40}$/.test(text) || /[*^~<>=\s]/.test(text) || text.startsWith('refs/tags/');
  if (isFixed) return { kind: 'fixed', text };
  if (text.startsWith('refs/heads/')) return { kind: 'branch', name: text.slice('refs/heads/'.length) };
  return { kind: 'named', name: text };
}

/** Members of the Application itself that change what the files say (argo-cd.readthedocs.io, "Application Specification"). */
function overridesOf({ kustomize, helm, directory }: Source, at: string): string[] {
  const set = (value: unknown) =>
    value != null && value !== false && !(Array.isArray(value) && value.length === 0) && value !== '';
  const ofKustomize = Object.entries(kustomize ?? {})
    .filter(([key, value]) => key !== 'version' && set(value))
    .map(([key]) => `${at}.kustomize.${key}`);
  const harmless = [
    'valueFiles',
    'releaseName',
    'version',
    'skipCrds',
    'passCredentials',
    'ignoreMissingValueFiles',
  ];
  const ofHelm = Object.entries(helm ?? {})
    .filter(([key, value]) => !harmless.includes(key) && set(value))
    .map(([key]) => `${at}.helm.${key}`);
  const ofFolder = (['jsonnet', 'include', 'exclude'] as const)
    .filter((key) => set(directory?.[key]) && Object.keys(Object(directory?.[key])).length > 0)
    .map((key) => `${at}.directory.${key}`);
  return [...ofKustomize, ...ofHelm, ...ofFolder];
}

/** As it is stored: who logs in there is a secret, unless it is the mere user of SSH, and so is a token in its query. */
export const addressOf = (repository: string): string =>
  redact(/^ssh:\/\/[^/?#:@]*@/.test(repository) ? repository : withoutLogin(repository));

/** `./apps//shop/` is `apps/shop`, `.` the top. */
export function cleanPath(path: string | null | undefined): string {
  return (path ?? '')
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .join('/');
}

export const unclear = (reason: string): ManifestSource => ({ kind: 'unclear', reason });
