import type { Remediation } from '../../domain/remediation.ts';
import type { CountedVote } from '../../workflow/approval/together-port.ts';
import type { Outbox } from '../../workflow/outbox-port.ts';
import type { Chat, Cluster, Delivered, Jobs, Post, Store, Transition } from '../../workflow/ports.ts';
import { SilenceRefused, type Silencer } from '../../workflow/silences/silences-port.ts';
import type { Metrics } from './metrics.ts';

/*
 * The ports with somebody who counts in front of them. The workflow knows nothing of it, and what it is told is the same.
 */

/** Counts what was committed, never what was tried. */
export function observedStore(store: Store, metrics: Metrics): Store {
  return {
    ...store,
    transition: async (from, transition, claim) => {
      const outcome = await store.transition(from, transition, claim);
      if (outcome === 'committed') countMove(metrics, from, transition);
      return outcome;
    },
    vote: async (id, judge, seen) => {
      const moved: { from: Remediation; transition: Transition }[] = [];
      const judged: typeof judge = (current, approvals) => {
        const outcome = judge(current, approvals);
        // A serialization failure asks again: only the last judgement was committed.
        moved.length = 0;
        if (outcome.transition !== undefined) moved.push({ from: current, transition: outcome.transition });
        return outcome;
      };
      const answer = await store.vote(id, judged, seen);
      metrics.votes.inc({ answer: answer.kind });
      for (const { from, transition } of moved) countMove(metrics, from, transition);
      return answer;
    },
    voteTogether: async (place, judge) => {
      let votes: readonly CountedVote<Transition>[] = [];
      const answer = await store.voteTogether(place, (found) => {
        const outcome = judge(found);
        ({ votes } = outcome);
        return outcome;
      });
      for (const { row, transition } of votes) {
        metrics.votes.inc({ answer: 'recorded' });
        countMove(metrics, row, transition);
      }
      return answer;
    },
    approveAndExecute: async (seen, passed) => {
      const isCommitted = await store.approveAndExecute(seen, passed);
      if (!isCommitted) return false;
      metrics.votes.inc({ answer: 'recorded' });
      countMove(metrics, seen.row, passed.approved);
      countMove(metrics, passed.approved.next, passed.executing);
      return true;
    },
    ingest: async (alerts) => {
      const counted = await store.ingest(alerts);
      for (const result of ['opened', 'known', 'resolved'] as const)
        metrics.alerts.inc({ result }, counted[result]);
      return counted;
    },
  };
}

function countMove(metrics: Metrics, from: Remediation, { event, next }: Transition): void {
  metrics.moves.inc({ from: from.state, to: next.state });
  if (from.state === 'approved' && !['approved', 'executing', 'pr_open'].includes(next.state))
    metrics.gateRefusals.inc({ reason: event });
  if (from.state === 'verifying' && next.state === 'learning')
    metrics.verdicts.inc({ verb: next.action.verb, result: next.verdict.result });
}

/** Times each step by the state that it was taken in, or by the wake's kind. */
export function observedSteps(handle: Parameters<Jobs['start']>[0], metrics: Metrics): typeof handle {
  return async (wake, claim, signal, fence, row) => {
    const end = metrics.steps.startTimer({ step: wake.kind });
    try {
      const came = await handle(wake, claim, signal, fence, row);
      end({ outcome: 'done' });
      return came;
    } catch (fault) {
      end({ outcome: 'tried again' });
      throw fault;
    }
  };
}

/** What stands in the place of a secret; see domain/text/redact.ts. */
const mask = /\[redacted[:\]]|\*{6,}/;

/** The same chat, with the time and the outcome of each message counted, and those that something was masked in. */
export function observedChat(chat: Chat, metrics: Metrics): Chat {
  const timed = async (call: 'post' | 'update', post: Post, send: () => Promise<Delivered>) => {
    const end = metrics.slack.startTimer({ call });
    const outcome = await send();
    end({ outcome: outcome.kind });
    if (outcome.kind === 'sent' && mask.test(JSON.stringify(post.content))) metrics.redacted.inc();
    return outcome;
  };
  return {
    ...chat,
    post: (post, signal) => timed('post', post, () => chat.post(post, signal)),
    update: (post, signal) => timed('update', post, () => chat.update(post, signal)),
  };
}

/** The same cluster, with the outcome of each write counted. */
export function observedCluster<T extends Pick<Cluster, 'apply'>>(cluster: T, metrics: Metrics): T {
  return {
    ...cluster,
    apply: async (call, fieldManager, signal, fence) => {
      const { kind } = call;
      try {
        const applied = await cluster.apply(call, fieldManager, signal, fence);
        metrics.writes.inc({ kind, outcome: applied.kind });
        return applied;
      } catch (fault) {
        metrics.writes.inc({ kind, outcome: 'fault' });
        throw fault;
      }
    },
  };
}

/** Counts how Alertmanager answers what is asked of it about silences. */
export function observedSilencer(silencer: Silencer, { alertmanager }: Metrics): Silencer {
  const counted = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      const answered = await answer;
      alertmanager.inc({ result: 'answered' });
      return answered;
    } catch (fault) {
      alertmanager.inc({ result: fault instanceof SilenceRefused ? 'refused' : 'fault' });
      throw fault;
    }
  };
  return {
    find: (id, signal) => counted(silencer.find(id, signal)),
    make: (silence, labels, signal) => counted(silencer.make(silence, labels, signal)),
    firing: (signal) => counted(silencer.firing(signal)),
    end: (at, signal) => counted(silencer.end(at, signal)),
  };
}

/** Who waits says this often that it goes on. Milliseconds. */
const turnEvery = 5_000;

/** Calls back each time that the outbox is looked into, and now and then while that is waited for, no longer than was asked. */
export function observedOutbox(outbox: Outbox, turned: () => void): Outbox {
  return {
    ...outbox,
    lease: (limit) => {
      turned();
      return outbox.lease(limit);
    },
    wait: (seconds, signal) => {
      const begun = performance.now();
      const turning = setInterval(() => {
        if (performance.now() - begun <= seconds * 1000) turned();
      }, turnEvery);
      return outbox.wait(seconds, signal).finally(() => clearInterval(turning));
    },
  };
}
