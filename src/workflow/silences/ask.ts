import type { Actor } from '../../domain/actor.ts';
import { isFinal } from '../../domain/remediation.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import { after } from '../../domain/text/time.ts';
import type { WorkflowContext } from '../context.ts';
import type { Answer } from '../ports.ts';
import { clickOn, rightToApprove } from '../rights/approve.ts';
import { denied } from '../rights/denied.ts';
import { rightToSeeAnything } from '../rights/see.ts';

/** Who clicked on Silence, on the card of which remediation. */
export interface SilenceAsked {
  readonly remediationId: string;
  readonly actor: Actor;
}

const refused = (sentence: string): Answer => ({ kind: 'refused', sentence });

/** An approver has the alerts of the incident silenced until the verdict; whoever may not approve may not silence either. */
export async function askForSilence(
  context: WorkflowContext,
  { remediationId, actor }: SilenceAsked,
): Promise<Answer> {
  const row = await context.store.load(remediationId);
  const right =
    row === undefined
      ? await rightToSeeAnything(context, actor)
      : await rightToApprove(context, row, actor, clickOn(row));
  if (right.kind !== 'allowed') {
    const command = `silence the alerts of remediation ${row?.number ?? 'unknown'}`;
    return refused(await denied(context, { actor, command, right }));
  }
  if (row === undefined) return refused('This card belongs to no remediation that Firebreak knows.');
  if (context.silences === undefined) return refused('ALERTMANAGER_URL is not set: nothing can be silenced.');
  if (isFinal(row.state)) return refused(`Remediation ${row.number} is over: alerts are wanted again.`);
  const now = context.clock();
  const endsAt = after(now, context.policy().silenceMinutes * 60);
  const asked = await context.silences.ask(row, { by: actor.userId, endsAt });
  switch (asked.kind) {
    case 'already':
      return {
        kind: 'already',
        sentence: `The alerts of remediation ${row.number} have been silenced already.`,
      };
    case 'none':
      return refused('No alert of Alertmanager’s fires for this incident.');
    case 'asked': {
      const count = asked.alerts === 1 ? '1 alert is' : `${asked.alerts} alerts are`;
      const rest =
        asked.leftOut === 0 ? '' : ` ${asked.leftOut} more are not: it would be too many silences.`;
      const sentence = `${count} being silenced until the verdict, ${clockTime(endsAt, now)} at the latest.${rest}`;
      return { kind: 'recorded', sentence };
    }
  }
}
