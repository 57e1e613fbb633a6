import { z } from 'zod';
import type { GitSource, ManifestSource } from '../../../../domain/facts/manifest-source.ts';
import { list, metadata, texts } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { groupOf, resourceOf } from '../../client/resource.ts';
import { afterPause } from '../../writes/pause-mark.ts';
import { addressOf, cleanPath, unclear } from './argo.ts';
import type { Held } from './held.ts';

const reference = z.object({ kind: z.string(), name: z.string(), namespace: z.string().nullish() });

/** Labels and annotations that all objects get after they were made. */
const marks = z.object({ labels: texts, annotations: texts }).nullish();

export const kustomization = z.object({
  metadata,
  spec: z.looseObject({
    path: z.string().nullish(),
    sourceRef: reference,
    suspend: z.boolean().nullish(),
    commonMetadata: marks,
    interval: z.string().nullish(),
    targetNamespace: z.string().nullish(),
  }),
  status: z
    .object({
      lastAppliedRevision: z.string().nullish(),
      conditions: list(z.object({ type: z.string(), status: z.string(), message: z.string().nullish() })),
      inventory: z.object({ entries: list(z.object({ id: z.string() })) }).nullish(),
    })
    .prefault({}),
});

const gitRepository = z.object({
  metadata,
  spec: z.object({
    url: z.string(),
    /** Lines as of a file .sourceignore. */
    ignore: z.string().nullish(),
    /** Files of other repositories that are put among its own. */
    include: list(z.unknown()),
    ref: z
      .object({
        branch: z.string().nullish(),
        tag: z.string().nullish(),
        semver: z.string().nullish(),
        name: z.string().nullish(),
        commit: z.string().nullish(),
      })
      .nullish(),
  }),
});

const helmRelease = z.object({
  metadata,
  spec: z.object({
    values: z.record(z.string(), z.unknown()).nullish(),
    valuesFrom: list(z.unknown()),
    postRenderers: list(z.unknown()),
    commonMetadata: marks,
    driftDetection: z.object({ mode: z.string().nullish() }).nullish(),
  }),
});

type Labels = Readonly<Record<string, string>>;

/**
 * Where Flux takes an object from: its labels name the Kustomization, or the HelmRelease and by that one's own labels the
 * Kustomization that makes it (fluxcd.io, "Kustomization" and "HelmRelease").
 */
export function readFluxSource(reader: Reader, labels: Labels, held: Held): Promise<ManifestSource> {
  const [ofKustomize, ofHelm] = [named(labels, 'kustomize'), named(labels, 'helm')];
  if (ofHelm !== undefined && ofKustomize === undefined) return throughRelease(reader, ofHelm, held);
  if (ofKustomize === undefined)
    return Promise.resolve(unclear("its labels do not name Flux' object and that one's namespace"));
  return throughKustomization(reader, ofKustomize, held);
}

function named(labels: Labels, tool: 'kustomize' | 'helm'): { namespace: string; name: string } | undefined {
  const [name, namespace] = ['name', 'namespace'].map((key) => labels[`${tool}.toolkit.fluxcd.io/${key}`]);
  return name === undefined || namespace === undefined ? undefined : { namespace, name };
}

async function throughRelease(
  reader: Reader,
  place: { readonly namespace: string; readonly name: string },
  held: Held,
): Promise<ManifestSource> {
  const read = await reader.get(helmRelease, resourceOf('HelmRelease', place));
  if (read.kind === 'refusal') return unclear(read.sentence);
  const { value } = read.value;
  const owner = { kind: 'HelmRelease', ...place } as const;
  const above = named(value.metadata.labels, 'kustomize');
  const { driftDetection, values } = value.spec;
  // Both may say something else than the values of its manifest: the one before the chart is rendered, the other after it.
  const own = (['valuesFrom', 'postRenderers'] as const).filter((key) => value.spec[key].length > 0);
  const ofRelease = [...own.map((key) => `spec.${key}`), ...marking(value.spec.commonMetadata, held)];
  // Where its own manifest is not found, its values go over those of any file.
  const all = Object.keys(values ?? {}).length > 0 ? ['spec.values', ...ofRelease] : ofRelease;
  if (above === undefined)
    return {
      ...{ kind: 'unclear', owner, overrides: all },
      reason: 'no Kustomization makes the HelmRelease',
    };
  const release = { ...place, kind: 'HelmRelease', group: groupOf('HelmRelease'), fields: [] };
  const source = await throughKustomization(reader, above, release);
  if (source.kind === 'unclear') {
    const said = all.map((each) => `${each} of HelmRelease ${place.namespace}/${place.name}`);
    return { ...source, overrides: [...(source.overrides ?? []), ...said] };
  }
  const overrides = [...source.overrides, ...ofRelease];
  // Without it Helm's objects are only looked at with the next upgrade (fluxcd.io, "Helm Releases", drift detection).
  const selfHeal = driftDetection?.mode === 'enabled';
  return { ...source, owner, release: true, overrides, selfHeal };
}

async function throughKustomization(
  reader: Reader,
  place: { readonly namespace: string; readonly name: string },
  held: Held,
): Promise<ManifestSource> {
  const owner = { kind: 'Kustomization', ...place } as const;
  const read = await reader.get(kustomization, resourceOf('Kustomization', place));
  if (read.kind === 'refusal') return { kind: 'unclear', owner, reason: read.sentence };
  const { spec, status, metadata } = read.value.value;
  const after = afterPause(metadata);
  if (!lists(status.inventory?.entries ?? [], held))
    return { kind: 'unclear', owner, reason: `it does not list ${held.kind} ${held.name} as its own` };
  const { sourceRef: from } = spec;
  const whole = overriding.filter((key) => isSet(spec[key])).map((key) => `spec.${key}`);
  const overrides = [...whole, ...marking(spec.commonMetadata, held)];
  const because = (reason: string) => ({ kind: 'unclear', owner, overrides, reason }) as const;
  if (from.kind !== 'GitRepository')
    return because(`its source is ${from.kind} ${from.name}, not a Git repository`);
  const repository = await reader.get(
    gitRepository,
    resourceOf('GitRepository', { namespace: from.namespace ?? place.namespace, name: from.name }),
  );
  if (repository.kind === 'refusal') return because(repository.sentence);
  const applied = status.lastAppliedRevision;
  const { url, ref, ignore, include } = repository.value.value.spec;
  return {
    kind: 'git',
    owner,
    repository: addressOf(url),
    revision: revisionOf(ref ?? {}),
    path: cleanPath(spec.path),
    recurse: true,
    overrides: [...overrides, ...(include.length > 0 ? [`spec.include of GitRepository ${from.name}`] : [])],
    ...(ignore ? { ignore } : {}),
    ...(spec.targetNamespace ? { namespace: spec.targetNamespace } : {}),
    selfHeal: spec.suspend !== true || after === null || after === false,
    ...(spec.interval ? { interval: spec.interval } : {}),
    ...(applied ? { applied } : {}),
  };
}

/** An inventory names objects as `namespace_name_group_Kind`; one that is empty says nothing. */
function lists(entries: readonly { readonly id: string }[], { group, kind, namespace, name }: Held): boolean {
  const [start, end] = [`${namespace ?? ''}_${name}_`, `_${kind}`];
  const isIt = (id: string) =>
    group === undefined ? id.startsWith(start) && id.endsWith(end) : id === `${start}${group}${end}`;
  return entries.length === 0 || entries.some(({ id }) => isIt(id));
}

/** Those of the labels and annotations for all objects that the change is to set: they are written over what the files say. */
function marking(given: z.infer<typeof marks>, { fields }: Held): string[] {
  return fields.flatMap(({ path: [top, map, key] }) => {
    const set = top === 'metadata' && (map === 'labels' || map === 'annotations') ? given?.[map] : undefined;
    return set !== undefined && typeof key === 'string' && Object.hasOwn(set, key)
      ? [`spec.commonMetadata.${map}.${key}`]
      : [];
  });
}

/** Members of a Kustomization that change what its folder makes. */
const overriding = [
  ...['patches', 'patchesStrategicMerge', 'patchesJson6902', 'images', 'postBuild', 'components'],
  ...['namePrefix', 'nameSuffix'],
] as const;

const isSet = (value: unknown): boolean =>
  value != null && value !== '' && !(Array.isArray(value) && value.length === 0);

/** The first that is set of commit, name, semver, tag counts before the branch; none is `master` (fluxcd.io, "Git Repositories"). */
function revisionOf(
  ref: {
    readonly [key in 'branch' | 'tag' | 'semver' | 'name' | 'commit']?: string | null | undefined;
  },
): GitSource['revision'] {
  const fixed = ref.commit || ref.semver || ref.tag;
  if (fixed) return { kind: 'fixed', text: fixed };
  if (ref.name)
    return ref.name.startsWith('refs/heads/')
      ? { kind: 'branch', name: ref.name.slice('refs/heads/'.length) }
      : { kind: 'fixed', text: ref.name };
  return { kind: 'branch', name: ref.branch || 'master' };
}
