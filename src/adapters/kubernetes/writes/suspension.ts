import { managerNames } from '../../../domain/facts/git-ops.ts';
import { ownerText, type SourceOwner } from '../../../domain/facts/manifest-source.ts';
import type { Call, ObjectRef, PatchOperation } from '../../../domain/plan.ts';
import { canonicalJson, type Json, json } from '../../../domain/text/json.ts';
import type { PauseAsked, Suspension } from '../../../workflow/lasting/suspension.ts';
import { valueAt } from '../client/json-pointer.ts';
import { type AnyObject, anyObject } from '../client/objects.ts';
import { insist, type Reader } from '../client/read.ts';
import { resourceOf } from '../client/resource.ts';
import { gitOpsOf } from '../facts/owners/managed-by.ts';

/** By it people find who has paused what until when, and with what it was; and by it the end is known to be of this pause. */
const mark = '/metadata/annotations/firebreak.dev~1sync-paused';

const plurals = {
  Application: 'applications',
  Kustomization: 'kustomizations',
  HelmRelease: 'helmreleases',
} as const satisfies Record<SourceOwner['kind'], ObjectRef['resource']>;

/**
 * Argo CD syncs by itself while `spec.syncPolicy.automated` is there (argo-cd.readthedocs.io, "Automated Sync Policy"), Flux
 * while `spec.suspend` is not true (fluxcd.io, "Kustomization" and "HelmRelease"). The pause writes that switch and a mark, in
 * one patch; its end wants both as they were left and nothing written in between.
 *
 * @throws ClusterFault when it cannot be read
 */
export async function suspension(reader: Reader, { owner, number, until }: PauseAsked): Promise<Suspension> {
  const { kind, namespace, name } = owner;
  const read = await reader.get(anyObject, resourceOf(kind, { namespace, name }));
  if (read.kind === 'refusal' && read.status !== 404 && read.status !== 403) insist(read);
  if (read.kind === 'refusal') return impossible(read.sentence);
  const { value, raw } = read.value;
  const live = json.parse(raw);
  const path = kind === 'Application' ? '/spec/syncPolicy/automated' : '/spec/suspend';
  const was = valueAt(live, path) ?? null;
  const why = whyNot(owner, value, was) ?? alreadyPaused(owner, live);
  if (why !== undefined) return impossible(why);
  const said = canonicalJson({ remediation: number, until, was });
  const calls = { owner, live, path, was, said };
  return { kind: 'possible', begin: beginOf(value, calls), end: endOf(value, calls) };
}

const impossible = (reason: string): Suspension => ({ kind: 'impossible', reason });

/** Nothing to pause, or somebody who would put the switch back at once. */
function whyNot(owner: SourceOwner, { metadata }: AnyObject, was: Json): string | undefined {
  const what = ownerText(owner);
  if (owner.kind !== 'Application') return was === true ? `${what} is suspended already.` : undefined;
  if (was === null) return `${what} does not sync by itself.`;
  const maker = metadata.ownerReferences.find(({ kind }) => kind === 'ApplicationSet');
  if (maker !== undefined)
    return `ApplicationSet ${maker.name} makes ${what} and would end its pause at once.`;
  const above = gitOpsOf({ metadata });
  if (above === undefined || above.sign !== undefined) return undefined;
  return `${managerNames[above.manager]} (${above.name}) makes ${what} and would end its pause at once.`;
}

const alreadyPaused = (owner: SourceOwner, live: Json): string | undefined =>
  valueAt(live, mark) === undefined ? undefined : `${ownerText(owner)} is paused by Firebreak already.`;

interface Switch {
  readonly owner: SourceOwner;
  readonly live: Json;
  readonly path: string;
  readonly was: Json;
  readonly said: string;
}

const refOf = ({ owner: { kind, namespace, name } }: Switch): ObjectRef => ({
  apiVersion: resourceOf(kind).apiVersion,
  resource: plurals[kind],
  namespace,
  name,
});

const sameObject = ({ metadata: { uid } }: AnyObject): PatchOperation => ({
  op: 'test',
  path: '/metadata/uid',
  value: uid,
});

function beginOf(object: AnyObject, all: Switch): Call {
  const { owner, live, path, was, said } = all;
  const isApplication = owner.kind === 'Application';
  const value = isApplication ? null : true;
  const operations: PatchOperation[] = [
    sameObject(object),
    { op: 'test', path, value: was },
    ...(valueAt(live, '/metadata/annotations') === undefined
      ? [{ op: 'add', path: '/metadata/annotations', value: {} } as const]
      : []),
    { op: 'add', path: mark, value: said },
    isApplication ? { op: 'remove', path } : { op: 'add', path, value: true },
  ];
  return {
    kind: 'patch',
    ref: refOf(all),
    operations,
    recognise: {
      kind: 'fields',
      uid: object.metadata.uid,
      fields: [
        { path: mark, value: said },
        { path, value },
      ],
    },
    sentence: `Pauses the automatic sync of ${ownerText(owner)}.`,
  };
}

function endOf(object: AnyObject, all: Switch): Call {
  const { owner, path, was, said } = all;
  const paused = owner.kind === 'Application' ? null : true;
  const asLeft: PatchOperation[] = [
    { op: 'test', path: mark, value: said },
    { op: 'test', path, value: paused },
  ];
  return {
    kind: 'patch',
    ref: refOf(all),
    operations: [
      sameObject(object),
      ...asLeft,
      { op: 'remove', path: mark },
      was === null ? { op: 'remove', path } : { op: 'add', path, value: was },
    ],
    recognise: {
      kind: 'fields',
      uid: object.metadata.uid,
      fields: [
        { path: mark, value: null },
        { path, value: was },
      ],
    },
    sentence: `Puts the automatic sync of ${ownerText(owner)} back.`,
    unchanged: asLeft,
  };
}
