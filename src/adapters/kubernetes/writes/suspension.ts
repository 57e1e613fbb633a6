import { managerNames } from '../../../domain/facts/git-ops.ts';
import { ownerText, type SourceOwner } from '../../../domain/facts/manifest-source.ts';
import type { Call, ObjectRef, PatchOperation } from '../../../domain/plan.ts';
import { type Json, json } from '../../../domain/text/json.ts';
import { isPast } from '../../../domain/text/time.ts';
import type { PauseAsked, PauseEnd, PauseToEnd, Suspension } from '../../../workflow/lasting/suspension.ts';
import { sameValue, valueAt } from '../client/json-pointer.ts';
import { type AnyObject, anyObject } from '../client/objects.ts';
import { insist, type Reader } from '../client/read.ts';
import { resourceOf } from '../client/resource.ts';
import { gitOpsOf } from '../facts/owners/managed-by.ts';
import { type Holder, type Marked, markedBy, pauseMark, readMark } from './pause-mark.ts';

const mark = `/metadata/annotations/${pauseMark.replace('/', '~1')}`;

const plurals = {
  Application: 'applications',
  Kustomization: 'kustomizations',
  HelmRelease: 'helmreleases',
} as const satisfies Record<SourceOwner['kind'], ObjectRef['resource']>;

/**
 * Argo CD syncs by itself while `spec.syncPolicy.automated` is there (argo-cd.readthedocs.io, "Automated Sync Policy"), Flux
 * while `spec.suspend` is not true (fluxcd.io, "Kustomization" and "HelmRelease"). The pause writes that switch and a mark, in
 * one patch; its end wants both as they were left and nothing written in between. What is paused for one remediation is joined
 * by the next: the mark names both, and the switch goes back with the last of them.
 *
 * @throws ClusterFault when it cannot be read
 */
export async function suspension(reader: Reader, { owner, number, until }: PauseAsked): Promise<Suspension> {
  const read = await reader.get(anyObject, resourceFor(owner));
  if (read.kind === 'refusal' && read.status !== 404 && read.status !== 403) insist(read);
  if (read.kind === 'refusal') return impossible(read.sentence);
  const { value, raw } = read.value;
  const live = json.parse(raw);
  const path = switchOf(owner);
  const said = valueAt(live, mark);
  const holder = { remediation: number, until };
  if (said !== undefined) return joined(value, { owner, live, path, said }, holder);
  const was = valueAt(live, path) ?? null;
  const why = whyNot(owner, value, was);
  if (why !== undefined) return impossible(why);
  const all = { owner, live, path, was, said: markedBy([holder], was) };
  return { kind: 'possible', begin: beginOf(value, all), end: endOf(value, all) };
}

const impossible = (reason: string): Suspension => ({ kind: 'impossible', reason });

const resourceFor = ({ kind, namespace, name }: SourceOwner) => resourceOf(kind, { namespace, name });

const switchOf = ({ kind }: SourceOwner): string =>
  kind === 'Application' ? '/spec/syncPolicy/automated' : '/spec/suspend';

/** What the switch is while it is paused; null for absent. */
const pausedValue = ({ kind }: SourceOwner): Json => (kind === 'Application' ? null : true);

const isPaused = (owner: SourceOwner, live: Json): boolean =>
  sameValue(valueAt(live, switchOf(owner)) ?? null, pausedValue(owner));

/** A part in the pause that is there, if it is one of ours and as it was left. */
function joined(
  object: AnyObject,
  { owner, live, path, said }: Omit<Switch, 'was' | 'said'> & { readonly said: Json },
  holder: Holder,
): Suspension {
  const what = ownerText(owner);
  const marked = readMark(said);
  if (marked === undefined || !isPaused(owner, live))
    return impossible(
      `${what} has the mark of a pause by Firebreak (annotation firebreak.dev/sync-paused), and is not as that pause left it: somebody has to look.`,
    );
  const all = { owner, live, path, was: marked.was };
  const own = marked.holders.find(({ remediation }) => remediation === holder.remediation);
  if (own !== undefined)
    return own.until === holder.until
      ? begunAlready(object, { ...all, said })
      : impossible(`${what} is paused for this by Firebreak already.`);
  const next = markedBy([...marked.holders, holder], marked.was);
  return {
    kind: 'possible',
    begin: {
      ...remarked(object, { ...all, said: next }, said),
      sentence: `Joins the pause of the automatic sync of ${what}.`,
    },
    end: endOf(object, { ...all, said: next }),
  };
}

/** Its own part, of which it has not heard: to be sent once more, which leaves it as it is. Others may have joined it meanwhile. */
const begunAlready = (object: AnyObject, all: Switch): Suspension => ({
  kind: 'possible',
  begin: {
    ...remarked(object, all, all.said),
    sentence: `Pauses the automatic sync of ${ownerText(all.owner)}.`,
  },
  end: endOf(object, all),
});

/**
 * How the part of a remediation in a pause is ended, as things are now: the others that have one keep it.
 *
 * @throws ClusterFault when it cannot be read
 */
export async function suspensionEnd(
  reader: Reader,
  { owner, number, end, now }: PauseToEnd,
): Promise<PauseEnd> {
  const read = await reader.get(anyObject, resourceFor(owner));
  if (read.kind === 'refusal' && read.status === 404) return { kind: 'touched', call: end };
  const { value, raw } = insist(read);
  const live = json.parse(raw);
  const said = valueAt(live, mark);
  const marked: Marked | undefined = said === undefined ? undefined : readMark(said);
  const isSame = end.recognise.kind === 'fields' && end.recognise.uid === value.metadata.uid;
  if (said === undefined || marked === undefined || !isSame || !isPaused(owner, live))
    return { kind: 'touched', call: end };
  const without = marked.holders.filter(({ remediation }) => remediation !== number);
  if (without.length === marked.holders.length)
    return { kind: 'left', others: without.map(({ remediation }) => remediation) };
  // One whose end was given up would keep it for ever.
  const rest = without.filter(({ until }) => !isPast(until, now));
  const others = rest.map(({ remediation }) => remediation);
  const all = { owner, live, path: switchOf(owner), was: marked.was };
  const call =
    rest.length === 0
      ? endOf(value, { ...all, said })
      : {
          ...remarked(value, { ...all, said: markedBy(rest, marked.was) }, said),
          sentence: `Leaves the pause of the automatic sync of ${ownerText(owner)} to others.`,
        };
  return { kind: 'ours', call, others };
}

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

interface Switch {
  readonly owner: SourceOwner;
  readonly live: Json;
  readonly path: string;
  readonly was: Json;
  readonly said: Json;
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

/** The switch as it was left, with a mark. */
const asLeft = (owner: SourceOwner, said: Json): PatchOperation[] => [
  { op: 'test', path: mark, value: said },
  { op: 'test', path: switchOf(owner), value: pausedValue(owner) },
];

/** Another mark at a switch that stays as it is. */
function remarked(object: AnyObject, all: Switch, before: Json): Omit<PatchCall, 'sentence'> {
  const { owner, path, said } = all;
  return {
    kind: 'patch',
    ref: refOf(all),
    operations: [sameObject(object), ...asLeft(owner, before), { op: 'add', path: mark, value: said }],
    recognise: {
      kind: 'fields',
      uid: object.metadata.uid,
      fields: [
        { path: mark, value: said },
        { path, value: pausedValue(owner) },
      ],
    },
    unchanged: asLeft(owner, before),
  };
}

type PatchCall = Extract<Call, { kind: 'patch' }>;

function endOf(object: AnyObject, all: Switch): Call {
  const { owner, path, was, said } = all;
  return {
    kind: 'patch',
    ref: refOf(all),
    operations: [
      sameObject(object),
      ...asLeft(owner, said),
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
    unchanged: asLeft(owner, said),
  };
}
