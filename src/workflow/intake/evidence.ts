import { describeTarget, type Group, isGroup, memberOf, type Target } from '../../domain/action.ts';
import { type Evidence, longEvidence, shortEvidence } from '../../domain/incidents/evidence.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut } from '../../domain/text/text.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import type { GatheredMembers } from '../lifecycle/members.ts';
import { ClusterFault } from '../ports.ts';

/** Characters of one line; what an object is called and how it fails is shorter. */
const longestLine = 300;

/** Milliseconds that a look gets after the facts are there, which the proposal needs anyway. */
const headStart = 500;

export const nothingSeen = { pods: [], images: [], changes: [], story: '' };

/** Objects of one command that are looked at: each asks the cluster for some ten objects and logs. */
const mostLooked = 5;

/**
 * What there is to see of the target of what is asked for, before anything is done to it; `later` where it takes longer than
 * the facts: the proposal does not wait for it. Of several objects some are looked at, and what did not answer in time is named.
 * Undefined where it was looked at before. That nothing could be seen costs nothing but the evidence.
 *
 * @param facts settles when the proposal has what it needs
 */
export async function evidenceOnArrival(
  context: Pick<WorkflowContext, 'cluster' | 'clock'>,
  { requestedBy, action, replaces }: RemediationIn<'requested'>,
  facts: Promise<GatheredMembers>,
  signal: AbortSignal,
): Promise<Evidence | 'later' | undefined> {
  if (requestedBy.kind === 'rollback' || replaces !== undefined) return undefined;
  const own = new AbortController();
  const timer = { stop: () => {} };
  const late = facts.then(
    () =>
      new Promise<'later'>((resolve) => {
        const running = setTimeout(() => resolve('later'), headStart);
        timer.stop = () => clearTimeout(running);
      }),
  );
  late.catch(() => undefined);
  const look = (target: Target) => {
    const looking = evidenceOf(context, target, AbortSignal.any([signal, own.signal]));
    looking.catch(() => undefined);
    return Promise.race([looking, late]);
  };
  try {
    if (!isGroup(action)) return await look(action.target);
    const targets = await targetsOf(action, facts);
    const looks = await Promise.all(targets.slice(0, mostLooked).map(look));
    return togetherSeen(action, targets, looks, context.clock());
  } finally {
    timer.stop();
    own.abort();
  }
}

/** The objects of a group: those of a selector are known with the facts. */
async function targetsOf(asked: Group, facts: Promise<GatheredMembers>): Promise<readonly Target[]> {
  if ('names' in asked.target) return asked.target.names.map((name) => memberOf(asked, name).target);
  const gathered = await facts;
  return gathered.kind === 'members' ? gathered.members.map(({ action }) => action.target) : [];
}

/** One piece of evidence of several objects, each line with the object that it is of. */
function togetherSeen(
  asked: Group,
  targets: readonly Target[],
  looks: readonly (Evidence | 'later')[],
  at: string,
): Evidence | undefined {
  if (targets.length === 0) return undefined;
  const seen = looks.flatMap((look, index) =>
    look === 'later' ? [] : [{ ...look, of: shortName(targets[index]) }],
  );
  const lines = (part: 'pods' | 'images' | 'missing') =>
    seen.flatMap((look) => look[part].map((line) => `${look.of}: ${line}`));
  const late = targets.filter((_, index) => looks[index] === 'later').map(shortName);
  const leftOut = targets.length - looks.length;
  return {
    at,
    target: describeTarget(asked.target),
    pods: lines('pods'),
    images: lines('images'),
    changes: seen.flatMap(({ changes }) => changes),
    story: seen.flatMap(({ of, story }) => (story === '' ? [] : [`${of}\n${story}`])).join('\n\n'),
    missing: [
      ...lines('missing'),
      ...(late.length === 0 ? [] : [`${late.join(', ')}: no answer in time`]),
      ...(leftOut === 0
        ? []
        : [`${leftOut} more of the ${targets.length} objects: ${mostLooked} are looked at`]),
    ],
  };
}

/** They are all of one namespace. */
const shortName = (target: Target | undefined): string => `${target?.kind}/${target?.name}`;

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
