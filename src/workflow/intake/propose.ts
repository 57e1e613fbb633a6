import { printAction } from '../../actions/print.ts';
import type { Actor } from '../../domain/actor.ts';
import { isFinal } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { shortened } from '../../domain/text/text.ts';
import type { SlashCommand } from '../../stages/intake/slash-command.ts';
import { settledText } from '../approval/vote.ts';
import { isOneOfSeveral } from '../clusters.ts';
import type { WorkflowContext } from '../context.ts';
import { again, clusterFor } from './command-cluster.ts';

interface Asker {
  readonly actor: Actor;
  readonly channel?: string;
  readonly requestKey: string;
}

/** See CommandResponse. */
type Proposed =
  | {
      readonly kind: 'accepted';
      readonly number: number;
      readonly sentence: string;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'text'; readonly title: string; readonly lines: readonly string[] };

/**
 * Opens a remediation for what a person asked for.
 *
 * @param checked when it was looked up that they may
 */
export async function propose(
  context: WorkflowContext,
  { actor, channel, requestKey }: Asker,
  asked: Extract<SlashCommand, { kind: 'action' }>,
  checked: string,
): Promise<Proposed> {
  const { action, notes, reason } = asked;
  const cluster = clusterFor(context, asked.cluster, channel);
  const { remediation, created } = await context.store.open(
    {
      id: context.newId(),
      action,
      ...(isOneOfSeveral(context) ? { cluster: cluster.name } : {}),
      requestedBy: {
        kind: 'person',
        actor,
        checkedAt: checked,
        ...(channel === undefined ? {} : { channel }),
      },
      ...(reason === undefined ? {} : { reason: shortened(redact(reason), 500) }),
    },
    requestKey,
  );
  const command = again(context, printAction(action), cluster);
  // The same button a second time, after what it asked for is over: no card follows.
  if (!created && isFinal(remediation.state) && remediation.state !== 'waiting')
    return {
      kind: 'text',
      title: `This was asked for before. ${settledText(remediation)} To ask once more, type: /remediate ${command}`,
      lines: [],
    };
  return {
    kind: 'accepted',
    number: remediation.number,
    sentence: `Understood as: ${command}`,
    notes,
  };
}
