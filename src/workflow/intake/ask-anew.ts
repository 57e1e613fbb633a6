import { printAction } from '../../actions/print.ts';
import type { Actor } from '../../domain/actor.ts';
import { type EarlierRequest, mostEarlier } from '../../domain/earlier-request.ts';
import type { Place } from '../../domain/incidents/story.ts';
import { isFinal, mayBeAskedAnew, type NotCarriedOut, type Remediation } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { shortened } from '../../domain/text/text.ts';
import { forCluster } from '../../stages/intake/cluster-choice.ts';
import { settledText } from '../approval/vote.ts';
import { clusterNamed, clustersOf, isOneOfSeveral, unknownCluster } from '../clusters.ts';
import type { WorkflowContext } from '../context.ts';
import type { Proposal } from '../proposal.ts';
import { rightToAsk } from '../rights/ask.ts';
import { denied } from '../rights/denied.ts';
import { rightToSeeAnything } from '../rights/see.ts';
import { checkedAt } from '../rights/standing.ts';

/** A click on "Ask anew": on which card, by whom, where. */
export interface AnewAsked {
  readonly remediationId: string;
  readonly actor: Actor;
  readonly channel?: string;
}

/** The same is asked for already. `place`: its card, where it has one. */
export interface AskedAlready {
  readonly kind: 'already';
  readonly sentence: string;
  readonly place?: Place;
}

/** See CommandResponse. */
type Anew =
  | {
      readonly kind: 'accepted';
      readonly number: number;
      readonly sentence: string;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'denied'; readonly sentence: string }
  | AskedAlready;

/** One card is asked anew once, whoever clicks on it and however often. */
const anewKey = (remediationId: string): string => `anew:${remediationId}`;

/**
 * Asks for the same once more, in the name of whoever clicks. It is judged by what is there then, and says how the earlier one
 * ended; the reason that was given goes along.
 */
export async function askAnew(context: WorkflowContext, asked: AnewAsked): Promise<Anew> {
  const began = context.clock();
  const { remediationId, ...asker } = asked;
  const row = await context.store.load(remediationId);
  const right = await (row === undefined
    ? rightToSeeAnything(context, asked.actor)
    : rightToAsk(context, row, asker));
  if (right.kind !== 'allowed') {
    const command = row === undefined ? 'ask anew for remediation unknown' : commandOf(context, row);
    const { actor } = asked;
    const requestKey = `${anewKey(remediationId)}:${actor.userId}`;
    return { kind: 'denied', sentence: await denied(context, { actor, command, right, requestKey }) };
  }
  const sentence = row === undefined ? unknownCard : whyNot(context, row);
  if (row === undefined || sentence !== undefined || !mayBeAskedAnew(row))
    return { kind: 'denied', sentence: sentence ?? unknownCard };
  return opened(context, row, {
    kind: 'person',
    ...asker,
    checkedAt: checkedAt(right, began),
  });
}

const unknownCard = 'This card belongs to no remediation that Firebreak knows.';

/** Why nothing can be asked for anew from a card; undefined where it can. */
function whyNot(context: WorkflowContext, row: Remediation): string | undefined {
  if (!mayBeAskedAnew(row)) return `Remediation ${row.number} is none that can be asked for anew.`;
  return clusterNamed(context, row.cluster) === undefined
    ? unknownCluster(row.cluster, clustersOf(context))
    : undefined;
}

async function opened(
  context: WorkflowContext,
  row: NotCarriedOut,
  requestedBy: Proposal['requestedBy'],
): Promise<Anew> {
  const proposal: Proposal = {
    id: context.newId(),
    action: row.action,
    ...(isOneOfSeveral(context) ? { cluster: row.cluster } : {}),
    requestedBy,
    ...reasonFrom(row),
    anew: [...(row.anew ?? []), earlierOf(row)].slice(-mostEarlier),
  };
  const { remediation, created } = await context.store.open(proposal, anewKey(row.id));
  // A commit whose answer was lost is found by its own repeat.
  if (!created && remediation.id !== proposal.id) return already(context, remediation);
  const sentence = `Asked anew: ${commandOf(context, row)}`;
  return { kind: 'accepted', number: remediation.number, sentence, notes: [] };
}

/** Characters of a reason, as of one that is typed. */
const longestReason = 500;

/** The reason of the first of them, which says whose it is: whoever asks anew has not said it. */
function reasonFrom(row: NotCarriedOut): Pick<Proposal, 'reason'> {
  if (row.anew !== undefined && row.reason !== undefined) return { reason: row.reason };
  const said = row.reason ?? row.emergency?.reason;
  if (said === undefined) return {};
  const from = ` (from remediation ${row.number})`;
  return { reason: `${shortened(redact(said), longestReason - from.length)}${from}` };
}

function earlierOf(row: NotCarriedOut): EarlierRequest {
  const { id: remediation, number, endedAt: at, requestedBy } = row;
  return {
    ...{ remediation, number, at },
    ...(requestedBy.kind === 'person' ? { askedBy: requestedBy.actor.userId } : {}),
    ...endOf(row),
  };
}

function endOf(row: NotCarriedOut): Pick<EarlierRequest, 'ended' | 'rejectedBy' | 'because'> {
  switch (row.state) {
    case 'expired':
      return { ended: 'expired' };
    case 'no_action':
      return { ended: 'withdrawn', because: shortened(redact(row.failure), longestReason) };
    case 'rejected': {
      const because = row.rejectReason === undefined ? {} : { because: row.rejectReason };
      return { ended: 'rejected', rejectedBy: row.rejectedBy, ...because };
    }
  }
}

async function already(context: WorkflowContext, same: Remediation): Promise<AskedAlready> {
  const place = await context.notified?.cardOf(same.id);
  return {
    kind: 'already',
    sentence: alreadyText(context, same),
    ...(place === undefined ? {} : { place }),
  };
}

function alreadyText(context: WorkflowContext, same: Remediation): string {
  if (!isFinal(same.state) || same.state === 'waiting')
    return `Remediation ${same.number} asks the same already.`;
  const next = mayBeAskedAnew(same)
    ? 'To ask once more, click Ask anew on its card.'
    : `To ask once more, type: /remediate ${commandOf(context, same)}`;
  return `This was asked for before. ${settledText(same)} ${next}`;
}

const commandOf = (context: WorkflowContext, { action, cluster }: Remediation): string =>
  forCluster(printAction(action), isOneOfSeveral(context) ? cluster : undefined);
