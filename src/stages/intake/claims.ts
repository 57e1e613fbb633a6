import type { AutoscalerSubject, Facts, PodFact, Subject } from '../../domain/facts/facts.ts';
import type { ClaimName, ClaimStanding, PlaybookClaim } from '../../domain/incidents/claim.ts';
import { dayTime } from '../../domain/text/clock-time.ts';

/** Whether it is so, in words; undefined where the claim says nothing of a subject of this kind. */
type Check = (facts: Facts) => ClaimStanding | undefined;

const holds = (sentence: string): ClaimStanding => ({ kind: 'holds', sentence });
const broken = (sentence: string): ClaimStanding => ({ kind: 'broken', sentence });
const unknown = (sentence: string): ClaimStanding => ({ kind: 'unknown', sentence });

/**
 * What each claim says of its target, to complete "The claim about Deployment/web is that ...". It is the playbook that claims: its
 * alert may say less.
 */
const says: Readonly<Record<ClaimName, string>> = {
  unhealthy: 'something is wrong with it',
  'crash-looping': 'a pod of it is crash looping',
  'image-not-pulled': 'an image of it cannot be pulled',
  'not-enough-ready': 'fewer of its pods are ready than are wanted',
  'rollout-stuck': 'its rollout does not finish',
  'job-failed': 'it has failed',
  'node-not-ready': 'it is not ready',
  'at-maximum': 'it is at its maximum',
  none: 'something is wrong with it',
};

export const claimText = (claim: PlaybookClaim): string =>
  typeof claim === 'string' ? says[claim] : claim.because;

/** Milliseconds for which a BackOff event tells of now: a container waits at most 5 minutes between two starts (kubelet, MaxContainerBackOff). */
const backOffTells = 10 * 60_000;

/** What an answered expression says of a claim; `answer` where it is neither true nor false: why. */
export function standingOfAnswer(when: string, answer: boolean | string): ClaimStanding {
  if (answer === true) return holds(`It is so: ${when}.`);
  return answer === false
    ? broken(`Not true of it: ${when}.`)
    : broken(`${when} cannot be answered (${answer}).`);
}

/**
 * How a claim stands on facts. A claim that says nothing of such an object does not hold on it: a playbook for Jobs has
 * nothing to do with a node.
 */
export function standingOfClaim(name: ClaimName, facts: Facts): ClaimStanding {
  if (name === 'none') return holds('The alert is believed; the playbook checks nothing.');
  return checks[name](facts) ?? broken(`The claim ${name} is not about a ${kindOf(facts.subject)}.`);
}

const kindOf = ({ kind }: Subject): string => (kind === 'autoscaler' ? 'HorizontalPodAutoscaler' : kind);

const podsOf = ({ subject }: Facts): readonly PodFact[] | undefined => {
  if (subject.kind === 'pod') return [subject.pod];
  return subject.kind === 'workload' || subject.kind === 'job' ? subject.pods : undefined;
};

const unread = ({ unknown: all }: Facts, fact: string) => all.find((each) => each.fact === fact);

/** Whether a pod is as the claim says, in words; of several the first. */
const somePod =
  (wrong: (pod: PodFact, facts: Facts) => string | undefined, none: string): Check =>
  (facts) => {
    const pods = podsOf(facts);
    if (pods === undefined) return undefined;
    for (const pod of pods.filter(({ deleting }) => !deleting)) {
      const found = wrong(pod, facts);
      if (found !== undefined) return holds(found);
    }
    const missing = unread(facts, 'pods');
    return missing === undefined ? broken(none) : unknown(`Its pods could not be read: ${missing.reason}`);
  };

const waitsFor = (pod: PodFact, reasons: RegExp): string | undefined =>
  [pod.waiting, ...(pod.containers ?? []).map(({ waiting }) => waiting)].find(
    (waiting) => waiting !== undefined && reasons.test(waiting),
  );

/**
 * Between two starts a container that crash loops runs, and may be ready for a moment: then it is the restarts with the
 * events of the last minutes that tell.
 */
function crashLoops(pod: PodFact, facts: Facts): string | undefined {
  const waiting = waitsFor(pod, /CrashLoopBackOff$/);
  if (waiting !== undefined) return `Pod/${pod.name} is in ${waiting} after ${restarts(pod)}.`;
  if (pod.restarts === 0) return undefined;
  if (!pod.ready && pod.waiting === undefined && pod.terminated !== undefined)
    return `Pod/${pod.name} is not ready after ${restarts(pod)}, the last end: ${pod.terminated}.`;
  const backOff = facts.warnings?.find(({ reason }) => reason === 'BackOff');
  if (backOff === undefined) return undefined;
  const age = Date.parse(facts.gatheredAt) - Date.parse(backOff.last);
  return age <= backOffTells
    ? `Pod/${pod.name} has had ${restarts(pod)}, the last BackOff event: ${dayTime(backOff.last)}.`
    : undefined;
}

const restarts = ({ restarts: count }: PodFact): string => `${count} restart${count === 1 ? '' : 's'}`;

function imageWaits(pod: PodFact): string | undefined {
  const waiting = waitsFor(pod, /(?:ImagePullBackOff|ErrImage\w*|InvalidImageName)$/);
  return waiting === undefined ? undefined : `Pod/${pod.name} is in ${waiting}.`;
}

const crashLooping = somePod(crashLoops, 'No pod of it is crash looping.');
const imageNotPulled = somePod(imageWaits, 'No pod of it waits for an image.');

const notEnoughReady: Check = ({ subject }) => {
  if (subject.kind === 'pod')
    return subject.pod.ready ? broken('The pod is ready.') : holds('The pod is not ready.');
  if (subject.kind !== 'workload') return undefined;
  const { ready, desired } = subject;
  return (ready < desired ? holds : broken)(`${ready} of ${desired} pods are ready.`);
};

/** A rollout that finished and whose pods are ready is not stuck, whatever it was. */
const rolloutStuck: Check = ({ subject }) => {
  if (subject.kind !== 'workload') return undefined;
  const { ready, desired, updated, rollingOut } = subject;
  const numbers = `${updated} of ${desired} pods are of the new revision, ${ready} are ready.`;
  return (rollingOut || updated < desired || ready < desired ? holds : broken)(numbers);
};

const jobFailed: Check = ({ subject }) => {
  if (subject.kind === 'cronJob') {
    const last = subject.recent?.find(({ ended }) => ended !== undefined);
    if (subject.recent === undefined) return unknown('Its latest Jobs could not be read.');
    if (last === undefined) return broken('None of its latest Jobs has ended.');
    return (last.ended === 'Failed' ? holds : broken)(`Its last Job to end, ${last.name}: ${last.ended}.`);
  }
  if (subject.kind !== 'job') return undefined;
  if (subject.ended !== undefined)
    return (subject.ended === 'Failed' ? holds : broken)(`The Job has ended: ${subject.ended}.`);
  return (subject.failed > 0 ? holds : broken)(`${subject.failed} of its pods have failed.`);
};

const nodeNotReady: Check = ({ subject }) => {
  if (subject.kind !== 'node') return undefined;
  return subject.ready ? broken('The node is ready.') : holds('The node is not ready.');
};

const atMaximum: Check = ({ subject, autoscaler }) => {
  const found: Pick<AutoscalerSubject, 'desired' | 'max'> | undefined =
    subject.kind === 'autoscaler'
      ? subject
      : subject.kind === 'workload' && autoscaler !== undefined
        ? { desired: subject.desired, max: autoscaler.max }
        : undefined;
  if (found === undefined) return undefined;
  return (found.desired >= found.max ? holds : broken)(
    `It wants ${found.desired} replicas of at most ${found.max}.`,
  );
};

/** Anything that can be wrong with an object of its kind; the first that is so, or all that is not. */
const unhealthy: Check = (facts) => {
  const all = [crashLooping, imageNotPulled, notEnoughReady, rolloutStuck, jobFailed, nodeNotReady];
  const own = facts.subject.kind === 'autoscaler' ? [atMaximum] : all;
  const found = own.map((check) => check(facts)).filter((each) => each !== undefined);
  const wrong = found.find(({ kind }) => kind === 'holds') ?? found.find(({ kind }) => kind === 'unknown');
  return wrong ?? (found.length === 0 ? undefined : broken(found.map(({ sentence }) => sentence).join(' ')));
};

const checks: Readonly<Record<Exclude<ClaimName, 'none'>, Check>> = {
  unhealthy,
  'crash-looping': crashLooping,
  'image-not-pulled': imageNotPulled,
  'not-enough-ready': notEnoughReady,
  'rollout-stuck': rolloutStuck,
  'job-failed': jobFailed,
  'node-not-ready': nodeNotReady,
  'at-maximum': atMaximum,
};
