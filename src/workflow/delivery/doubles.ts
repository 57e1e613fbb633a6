import { faultSentence, type WorkflowContext } from '../context.ts';
import type { Double, DoubleSettled, Outbox } from '../outbox-port.ts';
import type { Chat } from '../ports.ts';

/** A file that was shared, nobody knows where, is known by its id: the oldest message that shares it is the one that is kept. */
const isPlace = (ts: string): boolean => /^\d+\.\d+$/.test(ts);

/** Copies that are seen to at a time. */
const atOnce = 4;

/** Seconds until the chat is asked again that could not be asked. */
const again = 5;

/**
 * Deletes second copies of messages, whose buttons are live like those of the first, and looks for them where there may be
 * one. Answers how many were seen to.
 */
export async function removeDoubles(
  context: WorkflowContext,
  { outbox, chat }: { readonly outbox: Outbox; readonly chat: Chat },
  signal: AbortSignal,
): Promise<number> {
  const due = await outbox.doubles(atOnce);
  for (const double of due) {
    const settled = await seenTo(context, chat, double, signal);
    await outbox.settleDouble(double, settled);
  }
  return due.length;
}

async function seenTo(
  { log }: WorkflowContext,
  chat: Chat,
  double: Double,
  signal: AbortSignal,
): Promise<DoubleSettled> {
  const { key, channel, copy } = double;
  try {
    if (copy === undefined) {
      const found = await chat.find(double, double.createdAt, signal);
      if ('kind' in found)
        return { kind: 'later', afterSeconds: found.kind === 'later' ? found.afterSeconds : again };
      return {
        kind: 'looked',
        copies: isPlace(double.kept) ? found.filter((ts) => ts !== double.kept) : found.slice(1),
      };
    }
    const removed = await chat.remove({ channel, ts: copy }, signal);
    if (removed.kind === 'removed')
      log.info({ key, channel, copy }, 'A second copy of a message was deleted');
    else log.warn({ key, channel, reason: removed.reason }, 'A second copy of a message is not deleted yet');
    return removed;
  } catch (fault) {
    signal.throwIfAborted();
    log.warn({ key, channel, fault: faultSentence(fault) }, 'A second copy of a message is not deleted yet');
    return { kind: 'later', afterSeconds: again };
  }
}
