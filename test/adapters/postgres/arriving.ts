import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { targetKey } from '../../../src/domain/action.ts';
import type { Alert } from '../../../src/domain/incidents/incident.ts';
import { noon, restartOf } from '../../fixtures/facts.ts';

/** Takes away what alerts and remediations have left. */
export const emptied = (knex: Knex) =>
  knex.raw(`truncate incidents, early_resolutions, slack_outbox, remediations, held_targets, incident_evidence, approvals,
    object_history, remediation_events, automation_operation_log, snapshots, slack_lanes; delete from pgboss.job`);

export const crashLooping = (fingerprint: string, overrides: Partial<Alert> = {}): Alert => ({
  fingerprint,
  status: 'firing',
  labels: { alertname: 'KubePodCrashLooping', namespace: 'shop' },
  annotations: {},
  startsAt: noon,
  source: 'alertmanager',
  ...overrides,
});

/** What a playbook comes to that restarts the owner of what the alert names. */
export const restartProposed = (playbook: string) =>
  ({
    kind: 'proposal',
    playbook,
    proposal: {
      id: randomUUID(),
      action: restartOf(),
      requestedBy: { kind: 'playbook', playbook, alert: 'KubePodCrashLooping' },
    },
    owner: { key: targetKey('test', restartOf().target), coolDownSeconds: 900 },
  }) as const;
