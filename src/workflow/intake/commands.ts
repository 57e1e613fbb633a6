import { printAction } from '../../actions/print.ts';
import type { Actor } from '../../domain/actor.ts';
import type { Approval } from '../../domain/approval.ts';
import type { Remediation } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut, storable } from '../../domain/text/text.ts';
import { renderRefusal } from '../../stages/intake/grammar/render.ts';
import { withoutSecret } from '../../stages/intake/grammar/secrets.ts';
import { readSlashCommand, type SlashCommand } from '../../stages/intake/slash-command.ts';
import { type Ballot, castVote } from '../approval/vote.ts';
import type { WorkflowContext } from '../context.ts';
import { counterfactualOf } from '../delivery/counterfactual.ts';
import type { Answer, Summary } from '../ports.ts';
import { helpLines } from './help.ts';

/** What a person reads at once, alone, after a slash command. */
export type CommandResponse =
  | {
      readonly kind: 'accepted';
      readonly number: number;
      readonly sentence: string;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'refused'; readonly preformatted: string }
  | { readonly kind: 'text'; readonly title: string; readonly lines: readonly string[] };

/** Everything about one remediation; `counterfactual` is what would have put it into a lower tier. */
export interface Details {
  readonly remediation: Remediation;
  readonly approvals: readonly Approval[];
  readonly counterfactual?: string;
}

/** What people can ask of Firebreak, whatever chat they use. */
export interface Commands {
  /**
   * `text` is what follows the slash command's name. Bad input is answered, never thrown. Durable before it resolves;
   * the same `requestKey` again changes nothing and gets the same answer.
   */
  remediate(input: { text: string; actor: Actor; requestKey: string }): Promise<CommandResponse>;
  vote(ballot: Ballot): Promise<Answer>;
  details(id: string): Promise<Details | undefined>;
}

export function createCommands(context: WorkflowContext): Commands {
  return {
    remediate: (input) => remediate(context, { ...input, text: storable(input.text) }),
    vote: (ballot) => castVote(context, ballot),
    details: async (id) => {
      const remediation = await context.store.load(id);
      if (remediation === undefined) return undefined;
      const counterfactual = counterfactualOf(context, remediation);
      const approvals = await context.store.approvals(id);
      return { remediation, approvals, ...(counterfactual === undefined ? {} : { counterfactual }) };
    },
  };
}

type Input = Parameters<Commands['remediate']>[0];

async function remediate(context: WorkflowContext, input: Input): Promise<CommandResponse> {
  const asked = readSlashCommand(input.text);
  switch (asked.kind) {
    case 'help':
      return { kind: 'text', ...helpLines() };
    case 'status':
      return statusResponse(context);
    case 'one':
      return oneResponse(context, asked);
    case 'history':
      return historyResponse(context);
    case 'refused':
      return refuse(context, input, asked);
    case 'action':
      return propose(context, input, asked);
  }
}

type Asked<K extends SlashCommand['kind']> = Extract<SlashCommand, { kind: K }>;

async function refuse(
  context: WorkflowContext,
  { actor, requestKey }: Input,
  { command, refusal }: Asked<'refused'>,
): Promise<CommandResponse> {
  await context.store.recordUnparsable({
    command: cut(redact(withoutSecret(command, refusal)), 4000),
    reason: redact(refusal.reason),
    by: actor,
    requestKey,
  });
  return { kind: 'refused', preformatted: renderRefusal(command, refusal) };
}

async function propose(
  context: WorkflowContext,
  { actor, requestKey }: Input,
  { action, notes, reason }: Asked<'action'>,
): Promise<CommandResponse> {
  const { remediation } = await context.store.open(
    {
      id: context.newId(),
      action,
      requestedBy: { kind: 'person', actor },
      ...(reason === undefined ? {} : { reason: cut(redact(reason), 500) }),
    },
    requestKey,
  );
  return {
    kind: 'accepted',
    number: remediation.number,
    sentence: `Understood as: ${printAction(action)}`,
    notes,
  };
}

const listed = 15;

async function statusResponse(context: WorkflowContext): Promise<CommandResponse> {
  const open = await context.store.summaries({ open: true, limit: listed });
  return {
    kind: 'text',
    title:
      open.length === 0
        ? 'Nothing is in progress and nothing waits for approval.'
        : 'In progress or waiting for approval',
    lines: open.map(summaryLine),
  };
}

async function oneResponse(
  context: WorkflowContext,
  { word, number }: Asked<'one'>,
): Promise<CommandResponse> {
  const row = number === undefined ? undefined : await context.store.byNumber(number);
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

async function historyResponse(context: WorkflowContext): Promise<CommandResponse> {
  const recent = await context.store.summaries({ open: false, limit: listed });
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
