import { redact } from '../../domain/text/redact.ts';
import { shortened } from '../../domain/text/text.ts';
import type { StopOrder } from '../brakes-port.ts';
import type { WorkflowContext } from '../context.ts';

/** What `/remediate stop` and `/remediate start` answer to the one who typed it. */
export async function stopOrStart(
  context: WorkflowContext,
  verb: 'stop' | 'start',
  { reason, ...order }: StopOrder,
): Promise<string> {
  const redacted = { ...order, reason: shortened(redact(reason), 500) };
  const { fresh } = await context.store[verb](redacted);
  const fields = { user: order.by.userId, reason: redacted.reason, fresh };
  context.log.warn(fields, verb === 'stop' ? 'Firebreak was told to stop' : 'Firebreak was told to go on');
  return sentences[verb][fresh ? 'fresh' : 'known'];
}

const sentences = {
  stop: {
    fresh:
      'Stopped, on all replicas. Nothing more is sent to a cluster until somebody types /remediate start <reason>. The channel is told. If one remediation alone was meant and its card still waits: press Reject on it first, then start again. What is approved already runs once Firebreak is started, while its approval counts.',
    known: 'Firebreak is stopped already. /remediate status says since when and why.',
  },
  start: {
    fresh:
      'Started. What is approved and still counts is looked at again and carried out. The channel is told.',
    known: 'Firebreak is not stopped.',
  },
} as const;
