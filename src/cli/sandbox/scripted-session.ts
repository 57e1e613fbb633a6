import { setTimeout as sleep } from 'node:timers/promises';
import type { Print, TerminalChat } from '../../adapters/terminal/face.ts';
import type { Session } from '../../adapters/terminal/session.ts';
import { isFinal, type Remediation, type State, specOf } from '../../domain/remediation.ts';
import type { Tier } from '../../domain/tier.ts';
import type { Store } from '../../workflow/ports.ts';

/** One remediation of the script, and how it should end. */
interface ScriptStep {
  readonly title: string;
  readonly command: string;
  readonly approvers: readonly string[];
  readonly tier: Tier;
  readonly end: State;
}

/** One remediation of each tier, all by alice, on the simulated cluster. */
const steps: readonly ScriptStep[] = [
  {
    title: 'auto: a healthy service outside production restarts without asking anybody',
    command: 'rollout restart deployment/web -n shop -- pick up the new certificate',
    approvers: [],
    tier: 'auto',
    end: 'succeeded',
  },
  {
    title: 'human: a service in production needs one person other than the requester',
    command: 'rollout restart deployment/gateway -n payments -- memory grows since the last release',
    approvers: ['bob'],
    tier: 'human',
    end: 'succeeded',
  },
  {
    title: 'dual: an outage in production needs two people',
    command: 'rollout restart deployment/ledger -n payments -- stuck on a lost database connection',
    approvers: ['bob', 'carol'],
    tier: 'dual',
    end: 'succeeded',
  },
  {
    title: 'blocked: nobody may touch kube-system',
    command: 'rollout restart deployment/coredns -n kube-system',
    approvers: [],
    tier: 'blocked',
    end: 'blocked',
  },
];

/** Milliseconds that one step may take; the slowest waits for a rollout and its verification. */
const patience = 120_000;

/** Seconds without news after which the messages of a step are out: Slack's pace is one a second. */
const pause = 1.6;

interface ScriptedSession {
  readonly store: Store;
  readonly session: Session;
  readonly chat: TerminalChat;
  readonly print: Print;
}

/**
 * Plays the steps one after the other. Resolves to 0 when each was put in its tier and ended as it should, else
 * to 1, with a line that says what was different.
 */
export async function playScript(scripted: ScriptedSession): Promise<number> {
  const { print } = scripted;
  const misses: string[] = [];
  for (const step of steps) {
    print('');
    print(`━━━ ${step.title}`);
    const ended = await play(scripted, step);
    const tier = ended === undefined ? undefined : specOf(ended)?.tier;
    if (tier !== step.tier || ended?.state !== step.end) {
      misses.push(
        `${step.command}: expected ${step.tier}, ${step.end}; was ${tier ?? 'not judged'}, ${ended?.state ?? 'not opened'}`,
      );
    }
  }
  print('');
  for (const miss of misses) print(`Not as it should be: ${miss}`);
  if (misses.length === 0) print('One remediation of each tier: all as they should be.');
  return misses.length === 0 ? 0 : 1;
}

/** People decide on what they have read, and the next step begins when the last word of this one is printed. */
async function play(scripted: ScriptedSession, step: ScriptStep): Promise<Remediation | undefined> {
  const { session, chat } = scripted;
  const number = await session.ask(step.command, 'alice');
  if (number === undefined) return undefined;
  for (const approver of step.approvers) {
    const row = await until(scripted, number, (state) => state === 'waiting' || isFinal(state));
    if (row?.state !== 'waiting') return row;
    await chat.quiet(pause);
    await session.vote(number, 'approve', approver);
  }
  const ended = await until(scripted, number, isFinal);
  await chat.quiet(pause);
  return ended;
}

/** Waits until the card has been printed in such a state. */
async function until(
  { store, chat }: ScriptedSession,
  number: number,
  reached: (state: State) => boolean,
): Promise<Remediation | undefined> {
  for (let waited = 0; waited < patience; waited += 100) {
    const state = chat.shown(number);
    if (state !== undefined && reached(state)) break;
    await sleep(100);
  }
  return store.byNumber(number);
}
