import { describeTarget, namespaceOf, type Target } from '../../domain/action.ts';
import { type Alert, alertName, type Incident } from '../../domain/incidents/incident.ts';
import type { Playbook, placeholderNames } from '../../domain/incidents/playbook.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut } from '../../domain/text/text.ts';
import { type AlertTarget, matchPlaybook, targetOf } from '../../stages/intake/match.ts';
import { fillTemplate } from '../../stages/intake/template.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import { ClusterFault, type Triage } from '../ports.ts';

/** Attempts to find a pod's owner before people are told instead. */
const patience = 6;

/**
 * Chooses what to do about an alert: a playbook's action on a target that exists, or nothing, with the reason.
 *
 * @throws ClusterFault while asking the cluster again makes sense
 */
export async function triage(
  context: WorkflowContext,
  incident: Incident,
  attempt: number,
  signal: AbortSignal,
): Promise<Triage> {
  const { alert } = incident;
  if (alert === undefined) return { kind: 'no_action', reason: 'The incident carries no alert.' };
  const playbook = matchPlaybook(alert, context.playbooks());
  if (playbook === undefined) {
    return {
      kind: 'no_action',
      reason: `No playbook matches the alert ${cut(redact(alertName(alert)), 200)}.`,
    };
  }
  try {
    return await propose(context, alert, playbook, signal);
  } catch (fault) {
    if (!(fault instanceof ClusterFault) || attempt + 1 < patience) throw fault;
    return { kind: 'no_action', reason: `Playbook ${playbook.name}: ${faultSentence(fault)}` };
  }
}

async function propose(
  context: WorkflowContext,
  alert: Alert,
  playbook: Playbook,
  signal: AbortSignal,
): Promise<Triage> {
  const found = targetOf(alert);
  if (found.kind === 'none')
    return { kind: 'no_action', reason: `Playbook ${playbook.name}: ${redact(found.reason)}` };
  const values = await valuesFor(context, found, signal);
  const filled = fillTemplate(playbook.action, values);
  if (filled.kind === 'refused') {
    const orphan =
      found.kind === 'pod' && values.name === undefined
        ? ` Pod/${found.pod} in ${found.namespace} is gone, or no workload owns it.`
        : '';
    return { kind: 'no_action', reason: `Playbook ${playbook.name}: ${filled.refusal.reason}${orphan}` };
  }
  const summary = alert.annotations['summary'] ?? alert.annotations['description'] ?? alertName(alert);
  return {
    kind: 'proposal',
    playbook: playbook.name,
    proposal: {
      id: context.newId(),
      action: filled.action,
      requestedBy: { kind: 'playbook', playbook: playbook.name, alert: cut(redact(alertName(alert)), 200) },
      reason: cut(redact(summary), 500),
    },
  };
}

type Values = Partial<Record<(typeof placeholderNames)[number], string>>;

async function valuesFor(
  context: WorkflowContext,
  found: Exclude<AlertTarget, { kind: 'none' }>,
  signal: AbortSignal,
): Promise<Values> {
  switch (found.kind) {
    case 'pod':
      return podValues(context, found, signal);
    case 'node':
      return { kind: 'node', name: found.name, node: found.name };
    case 'object':
      return objectValues(found.target);
  }
}

async function podValues(
  context: WorkflowContext,
  found: { namespace: string; pod: string },
  signal: AbortSignal,
): Promise<Values> {
  const owner = await context.cluster.ownerOf(found.namespace, found.pod, signal);
  const pod = { namespace: found.namespace, pod: found.pod };
  if (owner === undefined) return pod;
  context.log.info(
    { pod: found.pod, owner: describeTarget(owner) },
    'The alert names a pod; found what owns it',
  );
  return { ...pod, ...objectValues(owner) };
}

function objectValues(target: Target): Values {
  const namespace = namespaceOf(target);
  return {
    kind: target.kind.toLowerCase(),
    name: target.name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}
