import type { Grouped } from '../../../domain/incidents/grouped.ts';
import { alertName } from '../../../domain/incidents/incident.ts';
import { clockTime } from '../../../domain/text/clock-time.ts';
import type { Content } from '../../../workflow/ports.ts';
import { context, fields, header, limits, paragraph, type Rendered, section } from '../blocks.ts';
import { clamp, code, lines, md, oneLine, type SafeMrkdwn } from '../text.ts';
import { headedBlocks } from './headed.ts';
import { inCluster } from './notification.ts';

export type IncidentContent = Extract<Content, { kind: 'incident' }>;

/** Labels people look for first; the others follow in their own order. */
const first = ['severity', 'cluster', 'namespace', 'pod', 'deployment', 'node'];
const shownLabels = 8;

/** A firing alert for which nothing could be proposed. Everything the alert says is untrusted text. */
export function incidentCard({ incident, headed, cluster }: IncidentContent): Rendered {
  const { alert, grouped } = incident;
  if (grouped !== undefined) return groupedCard(grouped, incident.createdAt);
  const name = alert === undefined ? incident.title : alertName(alert);
  // It heads the thread of all that joined it.
  const resolved = incident.resolvedAt !== undefined && (headed?.signals?.firing ?? 0) === 0;
  const called = `${name}${inCluster(cluster)}`;
  const head = `${resolved ? '✅ Resolved' : '🔔 Alert'}: ${called}`;
  const told = alert?.annotations['summary'] ?? alert?.annotations['description'] ?? incident.title;
  // The head says the name already.
  const says = oneLine(told) === oneLine(name) ? [] : [oneLine(told)];
  const next = incident.noAction ?? 'No playbook offers an action for this alert.';
  return {
    text: clamp(
      oneLine(`${resolved ? 'Resolved' : 'Alert'}: ${called}. ${says[0] ?? next}`),
      limits.fallback,
    ),
    blocks: [
      header(head),
      ...says.map((each) => paragraph(clamp(each, 1500))),
      ...(alert === undefined ? [] : [fields(labelFields(alert.labels))]),
      paragraph(clamp(oneLine(next), 600)),
      ...headedBlocks(joinedBy(headed), incident.createdAt),
      context([moments(incident, headed)]),
    ],
  };
}

/** The message says of its own alert all there is to say. */
const joinedBy = (headed: IncidentContent['headed']): IncidentContent['headed'] => {
  if (headed === undefined || headed.signals?.alerts !== 1) return headed;
  const { signals: _signals, ...rest } = headed;
  return rest;
};

/** Alerts that came so close together that they are told in one message, which counts them. */
function groupedCard({ count, latestAt, names }: Grouped, since: string): Rendered {
  const head = `${count.toLocaleString('en-US')} more alerts without an action`;
  const sentence =
    'They came so close together that they are told in one message. No action was proposed for them.';
  const times = (each: number) => (each === 1 ? md`` : md` × ${each.toLocaleString('en-US')}`);
  return {
    text: clamp(`${head}. ${sentence}`, limits.fallback),
    blocks: [
      header(`🔔 ${head}`),
      paragraph(sentence),
      section(lines(names.map((each) => md`• ${each.name}${times(each.count)}`))),
      context([md`Since ${clockTime(since, since)}, the latest ${clockTime(latestAt, since)}`]),
    ],
  };
}

/** The message without the alert's own fields, for when Slack refuses the full one. */
export function shortIncident(content: IncidentContent): Rendered {
  const { text, blocks } = incidentCard(content);
  return { text, blocks: blocks.filter(({ type }) => type === 'header' || type === 'actions') };
}

function labelFields(labels: Readonly<Record<string, string>>): readonly SafeMrkdwn[] {
  const keys = Object.keys(labels).filter((key) => key !== 'alertname');
  const ordered = [
    ...first.filter((key) => keys.includes(key)),
    ...keys.filter((key) => !first.includes(key)),
  ];
  const shown = ordered
    .slice(0, shownLabels)
    .map((key) => md`*${clamp(key, 60)}*\n${code(clamp(oneLine(labels[key] ?? '') || '-', 120))}`);
  return shown.length === 0 ? [md`*Labels*\nnone`] : shown;
}

/** With the incident's number where no line above has it: it is asked for by that. */
function moments(incident: IncidentContent['incident'], headed: IncidentContent['headed']): SafeMrkdwn {
  const { alert, createdAt, resolvedAt } = incident;
  const { number, signals } = headed ?? {};
  const name = number === undefined || signals?.alerts !== 1 ? md`` : md`Incident ${number} · `;
  const since = md`${name}Firing since ${clockTime(alert?.startsAt ?? createdAt, createdAt)}`;
  return lines(
    resolvedAt === undefined ? [since] : [md`${since}, resolved ${clockTime(resolvedAt, createdAt)}`],
  );
}
