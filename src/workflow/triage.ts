import { describeTarget, namespaceOf, type Target } from '../domain/action.ts';
import { type Alert, alertName, type Incident } from '../domain/incident.ts';
import type { Playbook } from '../domain/playbook.ts';
import { redact } from '../domain/redact.ts';
import { matchPlaybook, targetOf } from '../stages/intake/match.ts';
import { fillTemplate } from '../stages/intake/template.ts';
import { ClusterFault, type Triage } from './ports.ts';
import { faultSentence, type Setting } from './setting.ts';

/** Attempts to find a pod's owner before people are told instead. */
const patience = 6;

/**
 * Chooses what to do about an alert: a playbook's action on a target that exists, or nothing, with the reason.
 *
 * @throws ClusterFault while asking the cluster again makes sense
 */
export async function triage(
  setting: Setting,
  incident: Incident,
  attempt: number,
  signal: AbortSignal,
): Promise<Triage> {
  const { alert } = incident;
  if (alert === undefined) return { kind: 'no_action', reason: 'The incident carries no alert.' };
  const playbook = matchPlaybook(alert, setting.playbooks());
  if (playbook === undefined) {
    return { kind: 'no_action', reason: `No playbook matches the alert ${redact(alertName(alert))}.` };
  }
  try {
    return await propose(setting, alert, playbook, signal);
  } catch (fault) {
    if (!(fault instanceof ClusterFault) || attempt + 1 < patience) throw fault;
    return { kind: 'no_action', reason: `Playbook ${playbook.name}: ${faultSentence(fault)}` };
  }
}

async function propose(
  setting: Setting,
  alert: Alert,
  playbook: Playbook,
  signal: AbortSignal,
): Promise<Triage> {
  const found = targetOf(alert);
  if (found.kind === 'none')
    return { kind: 'no_action', reason: `Playbook ${playbook.name}: ${found.reason}` };
  const values: Record<string, string> =
    found.kind === 'pod'
      ? await podValues(setting, found, signal)
      : found.kind === 'node'
        ? { kind: 'node', name: found.name, node: found.name }
        : objectValues(found.target);
  const filled = fillTemplate(playbook.action, values);
  if (filled.kind === 'refused') {
    return { kind: 'no_action', reason: `Playbook ${playbook.name}: ${filled.refusal.reason}` };
  }
  const summary = alert.annotations['summary'] ?? alert.annotations['description'] ?? alertName(alert);
  return {
    kind: 'proposal',
    playbook: playbook.name,
    proposal: {
      id: setting.newId(),
      action: filled.action,
      requestedBy: { kind: 'playbook', playbook: playbook.name, alert: alertName(alert) },
      reason: redact(summary).slice(0, 500),
    },
  };
}

async function podValues(
  setting: Setting,
  found: { namespace: string; pod: string },
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const owner = await setting.cluster.ownerOf(found.namespace, found.pod, signal);
  const pod = { namespace: found.namespace, pod: found.pod };
  if (owner === undefined) return pod;
  setting.log.info(
    { pod: found.pod, owner: describeTarget(owner) },
    'The alert names a pod; found what owns it',
  );
  return { ...pod, ...objectValues(owner) };
}

function objectValues(target: Target): Record<string, string> {
  const namespace = namespaceOf(target);
  return {
    kind: target.kind.toLowerCase(),
    name: target.name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}
