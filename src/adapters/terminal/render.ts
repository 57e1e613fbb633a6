import { phrase } from '../../actions/phrase.ts';
import { commandText } from '../../actions/secret-texts.ts';
import { isGroup } from '../../domain/action.ts';
import type { Approval } from '../../domain/approval.ts';
import { conditionText } from '../../domain/constraints/kinds.ts';
import type { Grouped } from '../../domain/incidents/grouped.ts';
import { alertName } from '../../domain/incidents/incident.ts';
import { type Remediation, specOf } from '../../domain/remediation.ts';
import type { DeclarativeSpec } from '../../domain/spec.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import { stateWords } from '../../domain/text/states.ts';
import { targetsText } from '../../domain/text/targets.ts';
import { triedLines } from '../../domain/text/tried.ts';
import { mostTelling, weight } from '../../domain/text/weight.ts';
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

/**
 * A card, an incident message or a reply as lines of text.
 *
 * @param nameOf what to call a user id
 */
export function renderContent(content: Content, nameOf: (userId: string) => string): string[] {
  switch (content.kind) {
    case 'card':
      return boxed(cardLines(content, nameOf));
    case 'incident': {
      const { incident } = content;
      if (incident.grouped !== undefined) return groupedLines(incident.grouped);
      const name = incident.alert === undefined ? incident.title : alertName(incident.alert);
      const word = incident.resolvedAt === undefined ? 'Alert' : 'Resolved';
      return boxed([`${word}: ${name}`, incident.noAction ?? 'No playbook offers an action for this alert.']);
    }
    case 'storm': {
      const { incidents, proposals, endedAt } = content.storm;
      const head = `${endedAt === undefined ? 'Storm' : 'Storm over'}: ${incidents} incidents`;
      return boxed([
        head,
        ...proposals.map(({ number, command, state }) => `${number} ${state}: ${command}`),
      ]);
    }
    case 'policy': {
      const { number, state, playbook, environment } = content.proposal;
      return boxed([`Policy proposal ${number}, ${state}: let ${playbook} run by itself in ${environment}`]);
    }
    case 'end': {
      const { headline, lines } = content.end;
      const done = lines.map(({ text, outcome }) => `${text}: ${outcome}`);
      return [headline, ...done].map((line, index) => `${index === 0 ? '   > ' : '     '}${printable(line)}`);
    }
    case 'report':
      return [`   > ${printable(`${content.title}: ${content.command} prints it.`)}`];
    case 'direct':
      return [];
    case 'part': {
      const { number, part, of, passages } = content.notice;
      const head = `Remediation ${number}: read before approving, ${part} of ${of}`;
      const lines = passages.flatMap(({ heading, text }) => [heading, ...split(text)]);
      return [head, ...lines].map((line, index) => `${index === 0 ? '   > ' : '     '}${printable(line)}`);
    }
    case 'reply': {
      const { headline, by, body, preformatted } = content.notice;
      const said = [
        by === undefined ? headline : `${headline} ${nameOf(by)}`,
        ...split(body),
        ...split(preformatted),
      ];
      return said.map((line, index) => `${index === 0 ? '   > ' : '     '}${printable(line)}`);
    }
  }
}

/**
 * What has been shown before, in a line: its state now and the reason, unless that was just `said`.
 */
export function renderNews(content: Content, said: string): string[] {
  switch (content.kind) {
    case 'card': {
      const { remediation, approvals, stopped, supersededBy } = content;
      const [head, sentence] = headLines(remediation, approvals, stopped !== undefined, supersededBy);
      return [`── ${printable(said.includes(sentence) ? head : `${head}. ${sentence}`)}`];
    }
    case 'incident':
      return content.incident.resolvedAt === undefined
        ? []
        : [`── Resolved: ${printable(content.incident.title)}`];
    case 'direct':
    case 'storm':
    case 'policy':
    case 'end':
    case 'report':
    case 'reply':
    case 'part':
      return [];
  }
}

function headLines(
  row: Remediation,
  approvals: readonly Approval[],
  isStopped: boolean,
  supersededBy?: number,
): [string, string] {
  const { word, sentence } = stateWords(row, approvals, isStopped, supersededBy);
  return [`Remediation ${row.number}: ${word}: ${phrase(row.action)}`, sentence];
}

function cardLines(
  content: Extract<Content, { kind: 'card' }>,
  nameOf: (userId: string) => string,
): string[] {
  const { remediation: row, approvals, supersededBy, verification, counterfactual, shown } = content;
  const spec = specOf(row);
  return [
    ...headLines(row, approvals, content.stopped !== undefined, supersededBy),
    ...(content.stopped === undefined
      ? []
      : [`Firebreak is stopped: ${content.stopped.reason}. Nothing is sent to the cluster.`]),
    ...(row.reason === undefined ? [] : [`Reason: ${row.reason}`]),
    ...earlierLines(row, nameOf),
    ...triedLines(row.requestedBy, row.updatedAt),
    ...split(content.comparison),
    `$ ${commandText(row.action)}`,
    ...pieceLines(shown, ['values', 'notes', 'moved', 'emergency', 'git', 'changes']),
    ...split(content.openRequests),
    ...(isGroup(row.action) ? [`Targets: ${targetsText(row)}`] : []),
    ...(spec === undefined ? [] : specLines(spec)),
    ...(counterfactual !== undefined && (row.state === 'waiting' || row.state === 'blocked')
      ? [counterfactual]
      : []),
    ...('dryRun' in row && row.dryRun !== undefined ? [`Dry run: ${row.dryRun.sentence}`] : []),
    ...(row.state === 'waiting' || row.state === 'approved' ? [`Verification plan: ${verification}`] : []),
    ...(row.state === 'waiting' && shown?.approvable === true
      ? [`To decide: approve ${row.number} as bob, or reject ${row.number} as bob`]
      : []),
    ...(row.state === 'waiting' && row.git?.kind === 'request' && row.emergency === undefined
      ? [`If it cannot wait for the repository: act now ${row.number} as bob`]
      : []),
  ];
}

/** How the requests before ended. */
const earlierLines = (row: Remediation, nameOf: (userId: string) => string): string[] =>
  (row.anew ?? []).map(({ number, ended, at, rejectedBy, because }) => {
    const how = ended === 'expired' ? ended : `was ${ended}`;
    const by = rejectedBy === undefined ? '' : ` by ${nameOf(rejectedBy)}`;
    const why = because === undefined ? '.' : `: ${because}`;
    return `Asked anew: remediation ${number} ${how}${by} at ${clockTime(at, row.updatedAt)}${why}`;
  });

type Shown = NonNullable<Extract<Content, { kind: 'card' }>['shown']>;

/** Pieces that are not told otherwise, each whole under its heading. */
function pieceLines(shown: Shown | undefined, names: readonly string[]): string[] {
  const found = shown?.pieces.filter(({ name }) => names.includes(name) && shown.onCard.includes(name)) ?? [];
  return found.flatMap(({ heading, text }) => [`${heading}:`, ...split(text).map((line) => `  ${line}`)]);
}

function specLines(spec: DeclarativeSpec): string[] {
  const told = spec.lineItems.filter((item) => item.counted).sort(mostTelling);
  const blocked = spec.tier === 'blocked';
  return [
    `Risk ${spec.score} of 100, tier ${spec.tier}`,
    ...told.map((item) => `  ${weight(item).padStart(5)}  ${item.sentence}`),
    ...(blocked ? [] : spec.constraints.map((each) => `Condition: ${conditionText(each)}`)),
    ...(blocked ? [] : [`Rollback: ${spec.rollbackPlan.sentence}`]),
  ];
}

/** The lines of many alerts that are told together. */
function groupedLines({ count, names }: Grouped): string[] {
  const shown = names.slice(0, 10).map((each) => `${each.name} x ${each.count}`);
  return boxed([`${count} more alerts without an action`, ...shown]);
}

const split = (text: string | undefined): string[] => text?.split('\n') ?? [];

function boxed(lines: readonly string[]): string[] {
  const flat = lines.flatMap((line) => line.split('\n')).map(printable);
  return ['', `┌─ ${flat[0] ?? ''}`, ...flat.slice(1).map((line) => `│  ${line}`), '└─'];
}
