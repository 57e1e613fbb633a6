import { printAction } from '../../domain/action.ts';
import type { Approval } from '../../domain/approval.ts';
import { alertName } from '../../domain/incident.ts';
import { type Remediation, specOf } from '../../domain/remediation.ts';
import type { DeclarativeSpec } from '../../domain/spec.ts';
import { phrase } from '../../domain/wording/phrase.ts';
import { stateWords } from '../../domain/wording/states.ts';
import type { Content } from '../../workflow/ports.ts';

/**
 * Text that a terminal may print: control characters, which could move the cursor or hide what was written, are
 * shown as U+FFFD. Newlines stay.
 */
export function printable(text: string): string {
  return Array.from(text, (char) => (/[\p{Cc}\p{Cf}]/u.test(char) && char !== '\n' ? '\uFFFD' : char)).join(
    '',
  );
}

/** A card, an incident message or a reply as lines of text. */
export function renderContent(content: Content): string[] {
  switch (content.kind) {
    case 'card':
      return boxed(cardLines(content));
    case 'incident': {
      const { incident } = content;
      const name = incident.alert === undefined ? incident.title : alertName(incident.alert);
      const word = incident.resolvedAt === undefined ? 'Alert' : 'Resolved';
      return boxed([`${word}: ${name}`, incident.noAction ?? 'No playbook offers an action for this alert.']);
    }
    case 'reply': {
      const { headline, by, body, preformatted } = content.notice;
      const said = [
        by === undefined ? headline : `${headline} ${by}`,
        ...split(body),
        ...split(preformatted),
      ];
      return said.map((line, index) => `${index === 0 ? '   > ' : '     '}${printable(line)}`);
    }
  }
}

/** A card that has been shown before: its state now. Anything else as a whole. */
export function renderNews(content: Content): string[] {
  if (content.kind !== 'card') return renderContent(content);
  return boxed(headLines(content.remediation, content.approvals, content.supersededBy));
}

function headLines(
  row: Remediation,
  approvals: readonly Approval[],
  supersededBy?: number,
): [string, string] {
  const { word, sentence } = stateWords(row, approvals, supersededBy);
  return [`Remediation ${row.number}: ${word}: ${phrase(row.action)}`, sentence];
}

function cardLines(content: Extract<Content, { kind: 'card' }>): string[] {
  const { remediation: row, approvals, supersededBy, verification } = content;
  const spec = specOf(row);
  return [
    ...headLines(row, approvals, supersededBy),
    ...(row.reason === undefined ? [] : [`Why: ${row.reason}`]),
    `$ ${printAction(row.action)}`,
    ...(spec === undefined ? [] : specLines(spec)),
    ...('dryRun' in row && row.dryRun !== undefined ? [`Dry run: ${row.dryRun.sentence}`] : []),
    ...(row.state === 'waiting' || row.state === 'approved' ? [`Proof: ${verification}`] : []),
    ...(row.state === 'waiting'
      ? [`To decide: approve ${row.number} as bob, or reject ${row.number} as bob`]
      : []),
  ];
}

function specLines(spec: DeclarativeSpec): string[] {
  const counted = spec.lineItems.filter((item) => item.counted && item.points !== 0);
  return [
    `Risk ${spec.score} of 100, tier ${spec.tier}`,
    ...counted.map((item) => `  ${String(Math.round(item.points)).padStart(3)}  ${item.sentence}`),
    ...spec.constraints.map((constraint) => `  holds: ${constraint.sentence}`),
    `Way back: ${spec.rollbackPlan.sentence}`,
  ];
}

const split = (text: string | undefined): string[] => text?.split('\n') ?? [];

function boxed(lines: readonly string[]): string[] {
  const flat = lines.flatMap((line) => line.split('\n')).map(printable);
  return ['', `┌─ ${flat[0] ?? ''}`, ...flat.slice(1).map((line) => `│  ${line}`), '└─'];
}
