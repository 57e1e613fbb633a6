import { printAction } from '../../actions/print.ts';
import type { Actor } from '../../domain/actor.ts';
import type { Approval } from '../../domain/approval.ts';
import type { Remediation } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut, storable } from '../../domain/text/text.ts';
import { parseCommand } from '../../stages/intake/command.ts';
import { renderRefusal } from '../../stages/intake/grammar/render.ts';
import { withoutSecret } from '../../stages/intake/grammar/secrets.ts';
import { splitReason } from '../../stages/intake/reason.ts';
import { type Ballot, castVote } from '../approval/vote.ts';
import type { Setting } from '../context.ts';
import { outlookOf } from '../delivery/counterfactual.ts';
import type { Answer, Summary } from '../ports.ts';
import { helpLines } from './help.ts';

/** What a person reads at once, alone, after a slash command. */
export type Receipt =
  | {
      readonly kind: 'accepted';
      readonly number: number;
      readonly sentence: string;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'refused'; readonly preformatted: string }
  | { readonly kind: 'text'; readonly title: string; readonly lines: readonly string[] };

/** Everything about one remediation; `outlook` is what would have put it into a lower tier. */
export interface Details {
  readonly remediation: Remediation;
  readonly approvals: readonly Approval[];
  readonly outlook?: string;
}

/** What people can ask of Firebreak, whatever chat they use. */
export interface Commands {
  /**
   * `text` is what follows the slash command's name. Bad input is answered, never thrown. Durable before it resolves;
   * the same `requestKey` again changes nothing and gets the same answer.
   */
  remediate(input: { text: string; actor: Actor; requestKey: string }): Promise<Receipt>;
  vote(ballot: Ballot): Promise<Answer>;
  details(id: string): Promise<Details | undefined>;
}

export function createCommands(setting: Setting): Commands {
  return {
    remediate: (input) => remediate(setting, { ...input, text: storable(input.text) }),
    vote: (ballot) => castVote(setting, ballot),
    details: async (id) => {
      const remediation = await setting.store.load(id);
      if (remediation === undefined) return undefined;
      const outlook = outlookOf(setting, remediation);
      const approvals = await setting.store.approvals(id);
      return { remediation, approvals, ...(outlook === undefined ? {} : { outlook }) };
    },
  };
}

type Input = Parameters<Commands['remediate']>[0];

async function remediate(setting: Setting, input: Input): Promise<Receipt> {
  const [first = '', ...rest] = input.text.split(/\s/).filter((part) => part !== '');
  // Phones begin a message with a capital; no kubectl command begins with one of these words.
  const word = first.toLowerCase();
  if (word === '' || (word === 'help' && rest.length === 0)) return { kind: 'text', ...helpLines() };
  if (word === 'status') return statusReceipt(setting, rest);
  if (word === 'history') return historyReceipt(setting);
  return propose(setting, input);
}

async function propose(setting: Setting, { text, actor, requestKey }: Input): Promise<Receipt> {
  const { command, reason } = splitReason(text);
  const parsed = parseCommand(command);
  if (parsed.kind === 'refused') {
    await setting.store.recordUnparsable({
      command: cut(redact(withoutSecret(command, parsed.refusal)), 4000),
      reason: redact(parsed.refusal.reason),
      by: actor,
      requestKey,
    });
    return { kind: 'refused', preformatted: renderRefusal(command, parsed.refusal) };
  }
  const { remediation } = await setting.store.open(
    {
      id: setting.newId(),
      action: parsed.action,
      requestedBy: { kind: 'person', actor },
      ...(reason === undefined ? {} : { reason: cut(redact(reason), 500) }),
    },
    requestKey,
  );
  return {
    kind: 'accepted',
    number: remediation.number,
    sentence: `Understood as: ${printAction(parsed.action)}`,
    notes: parsed.notes,
  };
}

const listed = 15;

async function statusReceipt(setting: Setting, [number]: readonly string[]): Promise<Receipt> {
  if (number !== undefined) return oneReceipt(setting, number);
  const open = await setting.store.summaries({ open: true, limit: listed });
  return {
    kind: 'text',
    title:
      open.length === 0 ? 'Nothing is under way and nothing waits for approval.' : 'Under way or waiting',
    lines: open.map(summaryLine),
  };
}

async function oneReceipt(setting: Setting, word: string): Promise<Receipt> {
  const number = /^#?\d{1,9}$/.test(word) ? Number(word.replace('#', '')) : undefined;
  const row = number === undefined ? undefined : await setting.store.byNumber(number);
  if (row === undefined) {
    return {
      kind: 'refused',
      preformatted: `There is no remediation "${cut(word, 40)}". Try: /remediate history`,
    };
  }
  const ended =
    'failure' in row ? [row.failure] : 'verdict' in row && row.verdict ? [row.verdict.sentence] : [];
  return {
    kind: 'text',
    title: `Remediation ${row.number}: ${row.state.replace('_', ' ')}`,
    lines: [printAction(row.action), `Requested ${row.createdAt}, last change ${row.updatedAt}`, ...ended],
  };
}

async function historyReceipt(setting: Setting): Promise<Receipt> {
  const recent = await setting.store.summaries({ open: false, limit: listed });
  return {
    kind: 'text',
    title: recent.length === 0 ? 'No remediation has been asked for yet.' : 'The latest remediations',
    lines: recent.map(summaryLine),
  };
}

function summaryLine(row: Summary): string {
  const judged = row.tier === undefined ? '' : `, ${row.tier} (score ${row.score ?? 0})`;
  const verdict = row.verdict === undefined ? '' : `, ${row.verdict.replace('_', ' ')}`;
  return `${row.number}  ${row.state.replace('_', ' ')}${judged}${verdict}  ${row.command}  ${row.createdAt.slice(0, 16).replace('T', ' ')} UTC`;
}
