import type { Actor } from '../../domain/actor.ts';
import { ownerText } from '../../domain/facts/manifest-source.ts';
import type { Emergency } from '../../domain/manifest/emergency.ts';
import type { GitPlace } from '../../domain/manifest/git-change.ts';
import { type RequestWord, requestWord, wordFor } from '../../domain/manifest/request-name.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { Remediation, RemediationIn } from '../../domain/remediation.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import { canonicalJson } from '../../domain/text/json.ts';
import { redact } from '../../domain/text/redact.ts';
import { shortened, storable } from '../../domain/text/text.ts';
import { after, isPast } from '../../domain/text/time.ts';
import { inEmergency } from '../../stages/evaluate/in-emergency.ts';
import { boundTo } from '../../stages/locate/bound.ts';
import { undoneUntilThen } from '../../stages/show/emergency.ts';
import { layOut, tooLong } from '../../stages/show/layout.ts';
import { piecesOf } from '../../stages/show/pieces.ts';
import { approvedBinding } from '../approval/drift.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import { atItsCluster } from '../lifecycle/whereabouts.ts';
import { type Answer, ClusterFault, type VoteOutcome } from '../ports.ts';
import { clickOn, rightToApprove } from '../rights/approve.ts';
import { rightToAskAgain } from '../rights/ask.ts';
import { denied } from '../rights/denied.ts';
import { rightToSeeAnything } from '../rights/see.ts';
import { emergencyAsked } from './emergency-moves.ts';

type Waiting = RemediationIn<'waiting'>;

/** Somebody wants what a card shows in the cluster at once. `pause`: and whoever applies the repository paused meanwhile. */
export interface ActNow {
  readonly remediationId: string;
  /** Of what the card showed. */
  readonly digest: string;
  readonly actor: Actor;
  readonly reason: string;
  readonly pause: boolean;
}

const refused = (sentence: string) => ({ kind: 'refused', sentence }) as const;

/** What is told before somebody says why it cannot wait. `pause`: that there may be one, and of whom for how long. */
export type ActNowOffer =
  | {
      readonly kind: 'offered';
      readonly number: number;
      readonly digest: string;
      readonly warning: string;
      /** What the host of the repository calls the request that is not waited for. */
      readonly request: RequestWord;
      readonly pause?: string;
      /** What was said before of why it is wanted, where it is asked anew. */
      readonly reason?: string;
    }
  | { readonly kind: 'refused'; readonly sentence: string };

/** What people can ask for of a card that cannot wait for its pull request. */
export interface UrgentCommands {
  /** What somebody who wants a change at once is told and may choose, before they do. */
  offerToActNow(wanted: Pick<ActNow, 'remediationId' | 'actor'>): Promise<ActNowOffer>;
  /** Has a change done before its pull request, if two people approve that. */
  actNow(asked: ActNow): Promise<Answer>;
}

/** Said where it is not told why: the reason is on the card that two people approve. */
export const sayWhy = 'Say why this cannot wait.';

/** Blanks and marks say nothing. */
export const saysWhy = (reason: string): boolean => /[\p{L}\p{N}]/u.test(reason);

export async function offerToActNow(
  context: WorkflowContext,
  { remediationId, actor }: Pick<ActNow, 'remediationId' | 'actor'>,
): Promise<ActNowOffer> {
  const row = await context.store.load(remediationId);
  const right = await rightTo(context, row, actor);
  if (right.kind !== 'allowed') {
    const command = `act now on remediation ${row?.number ?? 'unknown'}`;
    return refused(await denied(context, { actor, command, right }));
  }
  if (row === undefined) return refused(unknownCard);
  if (row.state !== 'waiting') return refused(tooLate(row));
  const why = whyNot(row, row.digest, context.clock());
  if (why !== undefined || row.git?.kind !== 'request') return refused(why ?? tooLate(row));
  const { number, digest, git } = row;
  const minutes = context.policy().gitOps.pauseMinutes;
  const { owner } = git.place;
  const canPause = owner !== undefined && minutes > 0;
  return {
    ...{ kind: 'offered', number, digest },
    warning: undoneUntilThen(git.place),
    request: requestWord(undefined, git),
    ...(canPause ? { pause: `Pause the automatic sync of ${ownerText(owner)} for ${minutes} min` } : {}),
    ...(row.anew === undefined || row.reason === undefined ? {} : { reason: row.reason }),
  };
}

const unknownCard = 'This card belongs to no remediation that Firebreak knows.';

/**
 * Turns a card whose way is a pull request into one that acts at once, with the request after it. No vote carries over: what is
 * agreed to is another thing, and two people must agree to that. Whoever may ask for the change or approve it may ask for this.
 */
export async function actNow(context: WorkflowContext, asked: ActNow): Promise<Answer> {
  const row = await context.store.load(asked.remediationId);
  const right = await rightTo(context, row, asked.actor);
  if (right.kind !== 'allowed') {
    const command = `act now on remediation ${row?.number ?? 'unknown'}`;
    return refused(await denied(context, { actor: asked.actor, command, right }));
  }
  if (row === undefined) return refused(unknownCard);
  const why = whyNot(row, asked.digest, context.clock());
  if (why !== undefined || row.state !== 'waiting') return refused(why ?? tooLate(row));
  const reason = shortened(redact(storable(asked.reason)).trim(), 500);
  if (!saysWhy(reason)) return refused(sayWhy);
  const pause = asked.pause ? await pauseFor(context, row, AbortSignal.timeout(patience)) : undefined;
  if (pause?.kind === 'none') return refused(`Nothing was changed. ${pause.reason}`);
  const wanted = {
    ...{ by: asked.actor, reason },
    ...(pause === undefined ? {} : { pause: pause.pause }),
  };
  return context.store.vote(row.id, (current) =>
    judged(context, current, asked.digest, { ...wanted, at: context.clock() }),
  );
}

async function rightTo(context: WorkflowContext, row: Remediation | undefined, actor: Actor) {
  if (row === undefined) return rightToSeeAnything(context, actor);
  const asking = await rightToAskAgain(context, row, actor, 'ask');
  return asking.kind === 'allowed' ? asking : rightToApprove(context, row, actor, clickOn(row));
}

function tooLate(row: Remediation): string {
  const word = wordFor('request' in row ? row.request : undefined, 'git' in row ? row.git : undefined);
  return `Remediation ${row.number} does not wait for people any more: it is too late to act before its ${word}.`;
}

/** Why there is nothing to act on before a pull request. */
function whyNot(row: Remediation, digest: string, now: string): string | undefined {
  if (row.state !== 'waiting') return tooLate(row);
  // Its end is a step of its own, which may come late.
  if (isPast(row.expiresAt, now)) return `It expired at ${clockTime(row.expiresAt, now)}; ask for it again.`;
  if (row.git?.kind !== 'request')
    return 'No pull request would carry this out: it goes to the cluster as soon as it is approved.';
  if (row.emergency !== undefined)
    return 'This has been asked for already: two people must approve the card.';
  return row.digest === digest
    ? undefined
    : 'This card shows an older plan; look at the newest card and decide there.';
}

type PauseFound =
  | { readonly kind: 'pause'; readonly pause: NonNullable<Emergency['pause']> }
  | { readonly kind: 'none'; readonly reason: string };

/** The pause as it would be begun, tried against the API server: what it would refuse is not put before people. */
async function pauseFor(context: WorkflowContext, row: Waiting, signal: AbortSignal): Promise<PauseFound> {
  const place = row.git?.kind === 'request' ? row.git.place : undefined;
  const minutes = context.policy().gitOps.pauseMinutes;
  const owner = place?.owner;
  if (owner === undefined || minutes === 0) return { kind: 'none', reason: noPause(place) };
  try {
    const here = await atItsCluster(context, row, signal);
    if (here === undefined) return { kind: 'none', reason: 'It lives in another cluster.' };
    const asked = { owner, number: row.number, until: after(context.clock(), minutes * 60) };
    const found = await here.cluster.suspension(asked, signal);
    if (found.kind === 'impossible') return { kind: 'none', reason: `${found.reason} ${withoutIt}` };
    const plan = { calls: [found.begin], fieldManager: `firebreak/${row.id}` };
    const tried = await here.cluster.dryRun(plan, signal);
    if (tried.kind === 'accepted') return { kind: 'pause', pause: { owner, minutes } };
    return {
      kind: 'none',
      reason: `${ownerText(owner)} cannot be paused: ${redact(tried.sentence)} ${mayIt}`,
    };
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    return { kind: 'none', reason: `${faultSentence(fault)} Try again.` };
  }
}

/** Milliseconds for what is asked of the cluster while somebody waits for the answer. */
const patience = 15_000;

const withoutIt = 'Ask again without the pause.';
const mayIt = `The right is in deploy/overlays/sync-pause. ${withoutIt}`;

const noPause = (place: GitPlace | undefined): string =>
  place?.owner === undefined
    ? `Who applies the repository is not known, so nobody can be paused. ${withoutIt}`
    : `The policy has gitOps.pauseMinutes 0: nothing is paused. ${withoutIt}`;

/** Pure: what it does to the row as it is now. */
function judged(context: WorkflowContext, row: Remediation, digest: string, wanted: Emergency): VoteOutcome {
  const why = whyNot(row, digest, wanted.at);
  if (why !== undefined || row.state !== 'waiting') return { answer: refused(why ?? tooLate(row)) };
  const moment = { now: wanted.at, policy: context.policy() };
  const next = boundAnew(context, row, wanted, moment.policy);
  if (next === undefined)
    return { answer: refused('What this card binds to is worked out differently now: ask for it anew.') };
  const layout = layOut(piecesOf(next, next.dryRun));
  const long = tooLong(layout);
  if (long !== undefined) return { answer: refused(long) };
  const sentence = 'Two people must approve it now; votes from before do not count.';
  return { answer: { kind: 'recorded', sentence }, transition: emergencyAsked(row, next, layout, moment) };
}

/** The row with what it binds to now; undefined where its own digest cannot be told from what is stored. */
function boundAnew(
  { sha256 }: WorkflowContext,
  row: Waiting,
  emergency: Emergency,
  policy: Policy,
): (Waiting & { readonly emergency: Emergency }) | undefined {
  const binding = approvedBinding(row, policy);
  if (sha256(canonicalJson(boundTo(binding, row.git))) !== row.digest) return undefined;
  const digest = sha256(canonicalJson(boundTo(binding, row.git, emergency)));
  return { ...row, spec: inEmergency(row.spec), emergency, digest };
}
