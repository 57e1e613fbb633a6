import type { Measured } from '../../../../domain/incidents/chart.ts';
import type { Evidence } from '../../../../domain/incidents/evidence.ts';
import { jsonText, type Statement } from '../../sql.ts';

/** Keeps what was seen of an incident when it arrived; the first of it. */
export function keptEvidence(incidentId: string, found: Evidence): Statement {
  const sql = `insert into incident_evidence (incident_id, kind, payload) values (?, 'arrival', ?::jsonb)
    on conflict (incident_id) where kind = 'arrival' do nothing`;
  return { sql, bindings: [incidentId, jsonText(found)] };
}

/** Keeps what was measured around its start. */
export function keptMeasures(incidentId: string, found: Measured): Statement {
  const sql = `insert into incident_evidence (incident_id, kind, payload) values (?, 'metrics', ?::jsonb)`;
  return { sql, bindings: [incidentId, jsonText(found)] };
}
