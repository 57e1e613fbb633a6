import { printAction } from '../../../actions/print.ts';
import { describeTarget, type Request } from '../../../domain/action.ts';
import type { Approval } from '../../../domain/approval.ts';
import type { Label, Lived } from '../../../domain/insight/lived.ts';
import { type Remediation, specOf } from '../../../domain/remediation.ts';
import { asJson, canonicalJson, isJsonObject, type Json } from '../../../domain/text/json.ts';
import { redactLeaves } from '../../../domain/text/redact-leaves.ts';
import { cut } from '../../../domain/text/text.ts';
import { weight } from '../../../domain/text/weight.ts';
import { withhold } from '../withheld.ts';

/** What the model is told it is. Part of every example, so it changes with the format alone. */
const system =
  'You repair Kubernetes workloads and make nothing worse. From the evidence you propose one action as a kubectl command, ' +
  'with its risk, the reasons, the rollback and who must agree.';

/** Lists are told by their first entries: what a hundred pods are like is seen on twenty. */
const mostEntries = 20;

/** Characters of the facts, of one piece of evidence and of one text; the first two are far above what they have. */
const mostFacts = 60_000;
const mostEvidence = 20_000;
const mostText = 8_000;

interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** One line of the training data. `messages` alone is what trainers of chat models read. */
export interface Example {
  readonly id: string;
  readonly label: Label;
  readonly incident: string;
  readonly at: string;
  readonly messages: readonly Message[];
  readonly outcome: { readonly result: string; readonly lasted: boolean; readonly sentence: string };
  readonly stderr: string;
}

/**
 * A remediation as an example of a chat: the evidence, what was proposed and decided, and what came of it. Nothing in it
 * names a person, and everything went through the redaction of all that leaves the process.
 */
export function exampleOf(label: Label, lived: Lived): Example {
  const { remediation: row } = lived;
  const verdict = 'verdict' in row ? row.verdict : undefined;
  const example = {
    id: String(row.number),
    label,
    incident: lived.incident,
    at: row.createdAt,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: evidenceText(lived) },
      { role: 'assistant', content: proposalText(row, lived.votes) },
    ],
    outcome: {
      result: verdict?.result ?? label,
      lasted: label === 'verified',
      sentence: text(lived, verdict?.sentence ?? lived.detail ?? ''),
    },
    stderr: text(lived, lived.stderr ?? ''),
  } as const;
  return example;
}

/** The line of an example: keys in one order, so that the same row is the same bytes. */
export const lineOf = (example: Example): string => `${canonicalJson(asJson(example))}\n`;

function evidenceText(lived: Lived): string {
  const { remediation: row, alert, evidence } = lived;
  const facts = 'facts' in row ? row.facts : undefined;
  const lines = [
    `Asked for by: ${askedBy(row)}`,
    ...(alert === undefined
      ? []
      : [
          `Alert labels: ${valueText(lived, alert.labels, mostText)}`,
          `Alert annotations: ${valueText(lived, alert.annotations, mostText)}`,
        ]),
    ...(row.reason === undefined ? [] : [`Reason given: ${text(lived, row.reason)}`]),
    `Target: ${text(lived, describeTarget(row.action.target))} in cluster ${row.cluster}`,
    ...(facts === undefined ? [] : [`Facts: ${valueText(lived, facts, mostFacts)}`]),
    ...evidence.map(
      ({ kind, payload }) => `Evidence, ${kind}: ${valueText(lived, { payload }, mostEvidence)}`,
    ),
  ];
  return lines.join('\n');
}

function askedBy({ requestedBy }: Remediation): string {
  switch (requestedBy.kind) {
    case 'person':
      return 'a person';
    case 'playbook':
      return `the playbook ${requestedBy.playbook}`;
    case 'rollback':
      return `Firebreak, as the rollback of ${requestedBy.ofNumber}`;
  }
}

function proposalText(row: Remediation, votes: readonly Approval[]): string {
  const of = { remediation: row };
  const spec = specOf(row);
  const proposal = `Proposal: ${text(of, printAction(row.action))}`;
  if (spec === undefined) return proposal;
  return [
    proposal,
    `Target state: ${text(of, spec.targetState.sentence)}`,
    `Risk: score ${spec.score}, tier ${spec.tier}`,
    ...spec.lineItems
      .filter(({ counted }) => counted)
      .map((item) => `- ${weight(item)}: ${text(of, item.sentence)}`),
    `Rollback: ${text(of, spec.rollbackPlan.sentence)}`,
    `Decision: ${decisionText(row, votes)}`,
  ].join('\n');
}

/** How many people agreed, and in what words; never who. */
function decisionText(row: Remediation, votes: readonly Approval[]): string {
  const approvals = votes.filter(({ decision }) => decision === 'approve').length;
  const reasons = votes.flatMap(({ reason }) =>
    reason === undefined ? [] : [text({ remediation: row }, reason)],
  );
  const who =
    approvals === 0
      ? 'it ran by itself'
      : `approved by ${approvals === 1 ? 'one person' : `${approvals} people`}`;
  return [who, ...reasons].join('; ');
}

type Of = Pick<Lived, 'remediation'>;

/** The same requests that a receipt keeps the values of back: what was asked for, and its rollback. */
function requestsIn({ remediation }: Of): readonly Request[] {
  const plan = specOf(remediation)?.rollbackPlan;
  const back = plan?.kind === 'action' ? [plan.action] : plan?.kind === 'actions' ? plan.actions : [];
  return [remediation.action, ...back];
}

/** A user's or a group's mention, and a bare id, are people. */
const person = /<[@!](?:subteam\^)?[A-Z0-9]+(?:\|[^>]*)?>|\b[UW](?=[A-Z]*\d)[A-Z0-9]{7,}\b/g;

function text(of: Of, raw: string): string {
  const { value } = withhold(cut(raw, mostText), requestsIn(of));
  return (typeof value === 'string' ? value : '').replaceAll(person, '[a person]');
}

function valueText(of: Of, raw: object, most: number): string {
  const { value } = withhold(shortened(asJson(raw)), requestsIn(of));
  const whole = canonicalJson(redactLeaves(value)).replaceAll(person, '[a person]');
  return whole.length <= most ? whole : `${cut(whole, most)} ... (${whole.length - most} characters more)`;
}

function shortened(value: Json): Json {
  if (Array.isArray(value)) {
    const first = value.slice(0, mostEntries).map(shortened);
    return value.length <= mostEntries ? first : [...first, `... and ${value.length - mostEntries} more`];
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shortened(each)]));
}
