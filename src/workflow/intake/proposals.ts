import { kindOf } from '../../actions/action-kinds.ts';
import { either } from '../../actions/grammar/display.ts';
import { onTarget, withMember } from '../../actions/grammar/instead.ts';
import type { Refusal } from '../../actions/grammar/refusal.ts';
import { printAction } from '../../actions/print.ts';
import { type Action, isGroup, type Request, type Target } from '../../domain/action.ts';
import { parseCommand } from '../../stages/intake/command.ts';
import { renderRefusal } from '../../stages/intake/grammar/render.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';

/** Milliseconds for a look at the cluster: Slack waits for three seconds, and an answer without it is one too. */
const patience = 1_000;

/** What may have been meant: commands that can be run as they stand, the most likely first. */
export interface Proposed {
  readonly commands: readonly string[];
  /** A sentence where the cluster has nothing of such a name. */
  readonly note?: string;
}

/**
 * Commands that a refused one may have meant: the nearest form, on objects that are there. Without an answer of the
 * cluster the nearest form as it is; a form with words to fill in is no command.
 */
export async function proposedFor(
  context: Pick<WorkflowContext, 'cluster' | 'log'>,
  { nearest }: Refusal,
): Promise<Proposed> {
  const parsed = nearest === undefined ? undefined : parseCommand(nearest);
  if (parsed?.kind !== 'action') return { commands: [] };
  const meant = parsed.action;
  if (isGroup(meant)) return { commands: [printAction(meant)] };
  const alike = await lookAround(context, meant);
  if (alike === undefined) return { commands: [printAction(meant)] };
  const commands = onThese(meant, alike).map(printAction);
  return commands.length > 0 ? { commands } : { commands, note: nothingAlike(meant) };
}

/**
 * The same on each of these objects, where the verb has to do with their kind; of several, with each in the place of the
 * one that is missing.
 */
export function onThese(asked: Request, targets: readonly Target[], missing?: string): Request[] {
  if (!isGroup(asked)) return targets.flatMap((target) => onTarget(asked, target) ?? []);
  return missing === undefined ? [] : targets.flatMap((target) => withMember(asked, missing, target) ?? []);
}

/** Undefined when the cluster does not say. The one that is there by just this name is the only one that is meant. */
async function lookAround(
  { cluster, log }: Pick<WorkflowContext, 'cluster' | 'log'>,
  { verb, target }: Action,
): Promise<readonly Target[] | undefined> {
  try {
    const { kinds } = kindOf(verb).command;
    const found = await cluster.resembling(target, kinds, AbortSignal.timeout(patience));
    const [first] = found;
    return first !== undefined && isSame(first, target) ? [first] : found;
  } catch (fault) {
    log.info({ fault: faultSentence(fault), target }, 'The cluster was not looked at for what may be meant');
    return undefined;
  }
}

const isSame = (a: Target, b: Target): boolean =>
  a.kind === b.kind &&
  a.name === b.name &&
  (a.kind === 'Node' || (b.kind !== 'Node' && a.namespace === b.namespace));

function nothingAlike({ verb, target }: Action): string {
  const { kinds } = kindOf(verb).command;
  return `No ${either(kinds)} of a name like "${target.name}" was found.`;
}

/** What was meant on objects that are there takes the place of the nearest form. */
export function refusalText(command: string, refusal: Refusal, { commands, note }: Proposed) {
  const [first, ...others] = commands;
  const { nearest: _form, ...rest } = refusal;
  const shown = first === undefined ? (note === undefined ? refusal : rest) : { ...rest, nearest: first };
  const more = note === undefined ? [] : [note];
  const lines = [renderRefusal(command, shown), ...others.map((each) => ` Or: ${each}`), ...more];
  return { preformatted: lines.join('\n'), ...(first === undefined ? {} : { commands }) };
}
