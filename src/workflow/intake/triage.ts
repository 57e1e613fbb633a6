import { describeTarget, namespaceOf, type Target, targetKey } from '../../domain/action.ts';
import { type Alert, alertName, type Incident } from '../../domain/incidents/incident.ts';
import type { PlaceholderValues } from '../../domain/incidents/placeholders.ts';
import { claimOf, coolDownOf, type Playbook, stepNamed } from '../../domain/incidents/playbook.ts';
import type { Former, Keeper } from '../../domain/owner.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut, shortened } from '../../domain/text/text.ts';
import { type AlertTarget, targetOf } from '../../stages/intake/alert-target.ts';
import { matchingPlaybooks } from '../../stages/intake/match.ts';
import { fillTemplate } from '../../stages/intake/template.ts';
import { digestOf, faultSentence, type WorkflowContext } from '../context.ts';
import { type Cluster, ClusterFault, type Store } from '../ports.ts';
import type { Owned, Proposal, Triage } from '../proposal.ts';
import { claimOn } from './claimed.ts';

/** What an alert is triaged with. There is nothing among it that writes. */
export type Triaging = Pick<WorkflowContext, 'playbooks' | 'policy' | 'newId' | 'sha256' | 'log'> & {
  readonly cluster: Pick<Cluster, 'name' | 'ownerOf' | 'gather' | 'select'>;
  readonly store: Pick<Store, 'engaged'>;
  /** How a template is filled; the usual way unless told. */
  readonly fill?: typeof fillTemplate;
};

/** Attempts to find a pod's owner before people are told instead. */
const patience = 6;

/**
 * Chooses what to do about an alert: a playbook's action on a target that exists and of which its claim is true; to join
 * what is already being done for the owner; or nothing, with the reason.
 *
 * @throws ClusterFault while asking the cluster again makes sense
 */
export async function triage(
  context: Triaging,
  incident: Incident,
  attempt: number,
  signal: AbortSignal,
): Promise<Triage> {
  const { alert } = incident;
  if (alert === undefined) return { kind: 'no_action', reason: 'The incident carries no alert.' };
  const playbooks = matchingPlaybooks(alert, context.playbooks());
  if (playbooks.length === 0) return unmatched(context, alert, signal);
  const refused: NoAction[] = [];
  for (const playbook of playbooks) {
    const found = await tried(context, { incident, alert, playbook }, attempt, signal);
    if (found.kind !== 'no_action') return withDoubts(found, refused);
    refused.push(found);
  }
  const owner = refused.find((each) => each.owner !== undefined)?.owner;
  const reason = refused.map((each) => each.reason).join(' ');
  return { kind: 'no_action', reason, ...(owner === undefined ? {} : { owner }) };
}

type NoAction = Extract<Triage, { kind: 'no_action' }>;

async function tried(
  context: Triaging,
  matched: Matched,
  attempt: number,
  signal: AbortSignal,
): Promise<Triage> {
  try {
    return await propose(context, matched, signal);
  } catch (fault) {
    if (!(fault instanceof ClusterFault) || attempt + 1 < patience) throw fault;
    return noAction(matched.playbook, faultSentence(fault));
  }
}

/** What is proposed says which playbooks come before its own, and why it is none of them. */
function withDoubts(found: Exclude<Triage, NoAction>, refused: readonly NoAction[]): Triage {
  if (found.kind !== 'proposal' || refused.length === 0) return found;
  const { proposal } = found;
  const doubts = refused.map(({ reason }) => reason).join(' ');
  const reason = cut(`${proposal.reason ?? ''} (${doubts})`, 900);
  return { ...found, proposal: { ...proposal, reason } };
}

/** Whose incident it is is worth knowing also where nothing is proposed; that it cannot be seen is no reason to ask again. */
async function unmatched(context: Triaging, alert: Alert, signal: AbortSignal): Promise<Triage> {
  const reason = `No playbook matches the alert ${cut(redact(alertName(alert)), 200)}.`;
  const found = targetOf(alert);
  if (found.kind === 'none') return { kind: 'no_action', reason };
  const key = await valuesFor(context, found, signal)
    .then((values) => values.key)
    .catch((fault: unknown) => {
      if (fault instanceof ClusterFault) return undefined;
      throw fault;
    });
  if (key === undefined) return { kind: 'no_action', reason };
  const owned = { key, coolDownSeconds: 0 };
  const engaged = await context.store.engaged(owned);
  return engaged === undefined
    ? { kind: 'no_action', reason, owner: owned }
    : { kind: 'joined', engaged, owner: owned };
}

interface Matched {
  readonly incident: Incident;
  readonly alert: Alert;
  readonly playbook: Playbook;
}

const noAction = ({ name }: Playbook, reason: string, owner?: Pick<Owned, 'key'>): Triage => ({
  kind: 'no_action',
  reason: `Playbook ${name}: ${reason}`,
  ...(owner === undefined ? {} : { owner: { key: owner.key } }),
});

async function propose(context: Triaging, matched: Matched, signal: AbortSignal): Promise<Triage> {
  const { alert, playbook } = matched;
  const found = targetOf(alert);
  if (found.kind === 'none') return noAction(playbook, redact(found.reason));
  const { values, key, behind } = await valuesFor(context, found, signal);
  const step = stepNamed(playbook, undefined);
  if (step === undefined) return noAction(playbook, 'It has no step.');
  const filled = (context.fill ?? fillTemplate)(step.action, values);
  if (filled.kind === 'refused') {
    const because = becauseOf(found, values, behind);
    // What has no value is what would be known of its owner.
    const isSaid = because !== '' && filled.refusal.code === 'template-placeholder';
    const reason = isSaid ? because.trimEnd() : `${because}${filled.refusal.reason}`;
    return noAction(playbook, reason, key === undefined ? undefined : { key });
  }
  const owner: Owned = {
    key: key ?? targetKey(context.cluster.name, filled.action.target),
    coolDownSeconds: coolDownOf(playbook),
    ...(playbook.limits === undefined ? {} : { limits: { playbook: playbook.name, ...playbook.limits } }),
  };
  // Before the cluster is asked: of a herd of alerts all but the first end here.
  const engaged = await context.store.engaged(owner);
  if (engaged !== undefined) return { kind: 'joined', engaged, owner };
  const summary = alert.annotations['summary'] ?? alert.annotations['description'] ?? alertName(alert);
  const proposal: Proposal = {
    id: context.newId(),
    action: filled.action,
    requestedBy: {
      kind: 'playbook',
      playbook: playbook.name,
      alert: cut(redact(alertName(alert)), 200),
      claim: claimOf(playbook),
      digest: digestOf(context, playbook),
      ...(step.on === undefined ? {} : { values }),
    },
    reason: shortened(redact(summary), 500),
  };
  const doubt = await doubtOf(context, matched, proposal, signal);
  if (doubt !== undefined) return noAction(playbook, doubt, owner);
  const believed = { ...proposal, ...alsoOver(matched, proposal) };
  return { kind: 'proposal', playbook: playbook.name, proposal: believed, owner };
}

/** The reason for what is proposed although its alert is over: while nothing could be seen, alerts end for that alone. */
function alsoOver({ incident }: Matched, { reason = '' }: Proposal): Pick<Proposal, 'reason'> {
  if (incident.resolvedAt === undefined) return {};
  const at = clockTime(incident.resolvedAt, incident.createdAt);
  return {
    reason: `${reason} (The alert was over at ${at}, before it was looked at; the playbook's claim is true all the same.)`,
  };
}

/** Why nothing is known that could be acted on for a pod. */
function becauseOf(found: AlertTarget, { name }: PlaceholderValues, behind: Found['behind']): string {
  if (found.kind !== 'pod' || name !== undefined) return '';
  return `Pod/${found.pod} in ${found.namespace} ${belonging(behind)}. `;
}

function belonging(behind: Found['behind']): string {
  if (behind === undefined) return 'is gone, or no workload owns it';
  return 'was' in behind
    ? `is gone; by its name it belonged to ${nameOf(behind.was)}, which is not acted on by a name alone`
    : `belongs to ${nameOf(behind)}, which its own controller looks after`;
}

const nameOf = (owner: Target | Keeper): string =>
  `${'keeps' in owner ? owner.keeps : owner.kind}/${owner.name}`;

/**
 * Why an alert is not believed; undefined where it is, and where one that fires has no target, which evaluation says better.
 */
async function doubtOf(
  context: Triaging,
  { incident, playbook }: Matched,
  { action }: Proposal,
  signal: AbortSignal,
): Promise<string | undefined> {
  const claim = claimOf(playbook);
  if (claim === 'none') return overSentence(incident);
  const { kind, sentence } = await claimOn(context, { claim, action }, signal);
  switch (kind) {
    case 'unknown':
      throw new ClusterFault(sentence);
    case 'broken':
      return sentence;
    case 'absent':
    case 'denied': {
      const over = overSentence(incident);
      return over === undefined ? undefined : `${over} ${sentence}`;
    }
    case 'holds':
      return undefined;
  }
}

function overSentence({ resolvedAt, createdAt }: Incident): string | undefined {
  if (resolvedAt === undefined) return undefined;
  return `The alert was over at ${clockTime(resolvedAt, createdAt)}, before it was looked at.`;
}

/** What the placeholders of the action stand for, and the key of the owner of what failed where it is known. */
interface Found {
  readonly values: PlaceholderValues;
  readonly key?: string;
  /** Of a pod of which nothing is known that could be acted on. */
  readonly behind?: Keeper | Former;
}

async function valuesFor(
  context: Triaging,
  found: Exclude<AlertTarget, { kind: 'none' }>,
  signal: AbortSignal,
): Promise<Found> {
  switch (found.kind) {
    case 'pod': {
      const { namespace, pod } = found;
      return ownedValues(context, { kind: 'Pod', namespace, name: pod }, { namespace, pod }, signal);
    }
    case 'replicaSet': {
      const { namespace, name } = found;
      return ownedValues(context, { kind: 'ReplicaSet', namespace, name }, { namespace }, signal);
    }
    case 'node':
      return {
        values: { kind: 'node', name: found.name, node: found.name },
        key: keyOf(context, { kind: 'Node', name: found.name }),
      };
    case 'object': {
      const { target } = found;
      const values = objectValues(target);
      // What the alert names is acted on; the incident is its owner's.
      return { values, key: keyOf(context, await rootOf(context, target, signal)) };
    }
  }
}

const keyOf = ({ cluster }: Triaging, owner: Target | Keeper): string =>
  'keeps' in owner
    ? [cluster.name, owner.namespace, owner.keeps, owner.name].join('/')
    : targetKey(cluster.name, owner);

/** What an object is of, or itself. */
async function rootOf(
  context: Triaging,
  target: Target | Keeper,
  signal: AbortSignal,
): Promise<Target | Keeper> {
  if ('keeps' in target || !isOwned(target)) return target;
  const owner = await context.cluster.ownerOf({ ...target, kind: target.kind }, signal);
  return owner === undefined || 'was' in owner ? target : owner;
}

/** Of these another object may be the owner: the CronJob of a Job, the workload that an autoscaler scales. */
const isOwned = (
  target: Target,
): target is Exclude<Target, { kind: 'Node' }> & { kind: 'Job' | 'HorizontalPodAutoscaler' } =>
  target.kind === 'Job' || target.kind === 'HorizontalPodAutoscaler';

async function ownedValues(
  context: Triaging,
  owned: Parameters<Cluster['ownerOf']>[0],
  own: PlaceholderValues,
  signal: AbortSignal,
): Promise<Found> {
  const owner = await context.cluster.ownerOf(owned, signal);
  if (owner === undefined) return { values: own };
  if ('was' in owner)
    return { values: own, key: keyOf(context, await rootOf(context, owner.was, signal)), behind: owner };
  if ('keeps' in owner) return { values: own, key: keyOf(context, owner), behind: owner };
  context.log.info(
    { [owned.kind]: owned.name, owner: describeTarget(owner) },
    `The alert names a ${owned.kind}; found what owns it`,
  );
  const root = await rootOf(context, owner, signal);
  return { values: { ...own, ...objectValues(owner) }, key: keyOf(context, root) };
}

function objectValues(target: Target): PlaceholderValues {
  const namespace = namespaceOf(target);
  return {
    kind: target.kind.toLowerCase(),
    name: target.name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}
