import { describeTarget, isGroup, type Target } from '../../domain/action.ts';
import { type Evidence, longEvidence, shortEvidence } from '../../domain/incidents/evidence.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut } from '../../domain/text/text.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import { ClusterFault } from '../ports.ts';

/** Characters of one line; what an object is called and how it fails is shorter. */
const longestLine = 300;

/** Milliseconds that a look gets after the facts are there, which the proposal needs anyway. */
const headStart = 500;

export const nothingSeen = { pods: [], images: [], changes: [], story: '' };

/**
 * What there is to see of the target of what is asked for, before anything is done to it; `later` where it takes longer than
 * the facts: the proposal does not wait for it. Undefined where it was looked at before, and for several objects. That nothing
 * could be seen costs nothing but the evidence.
 *
 * @param facts settles when the proposal has what it needs
 */
export async function evidenceOnArrival(
  context: Pick<WorkflowContext, 'cluster' | 'clock'>,
  { requestedBy, action, replaces }: RemediationIn<'requested'>,
  facts: Promise<unknown>,
  signal: AbortSignal,
): Promise<Evidence | 'later' | undefined> {
  if (requestedBy.kind === 'rollback' || replaces !== undefined || isGroup(action)) return undefined;
  const own = new AbortController();
  const looking = evidenceOf(context, action.target, AbortSignal.any([signal, own.signal]));
  looking.catch(() => undefined);
  const timer = { stop: () => {} };
  const late = facts.then(
    () =>
      new Promise<'later'>((resolve) => {
        const running = setTimeout(() => resolve('later'), headStart);
        timer.stop = () => clearTimeout(running);
      }),
  );
  try {
    return await Promise.race([looking, late]);
  } finally {
    timer.stop();
    own.abort();
  }
}

/** What a cluster says of a target now, redacted; what it does not say is named with the reason. */
export async function evidenceOf(
  { cluster, clock }: Pick<WorkflowContext, 'cluster' | 'clock'>,
  target: Target,
  signal: AbortSignal,
): Promise<Evidence> {
  const seen = await cluster.evidence(target, signal).catch((fault: unknown) => {
    if (!(fault instanceof ClusterFault)) throw fault;
    return { ...nothingSeen, missing: [faultSentence(fault)] };
  });
  const lines = (texts: readonly string[]) => texts.map((text) => cut(redact(text), longestLine));
  return {
    at: clock(),
    target: describeTarget(target),
    pods: lines(seen.pods),
    images: lines(seen.images),
    changes: lines(seen.changes),
    story: redact(seen.story),
    missing: lines(seen.missing),
  };
}

interface EvidenceNotice {
  readonly kind: 'reply';
  readonly headline: string;
  readonly body: string;
  readonly broadcast: boolean;
  readonly preformatted?: string;
}

/** What the thread is told of it: what matters first, then what the pods say. */
export function evidenceNotice(evidence: Evidence, near: string): EvidenceNotice {
  const preformatted = longEvidence(evidence);
  return {
    kind: 'reply',
    headline: `Seen at ${clockTime(evidence.at, near)}`,
    body: shortEvidence(evidence).join('\n'),
    broadcast: false,
    ...(preformatted === '' ? {} : { preformatted }),
  };
}
