import { afterEach } from 'vitest';
import {
  type Mode,
  type RunningSlack,
  type SlackSettings,
  startSlack,
} from '../../../src/adapters/slack/app.ts';
import type { Commands } from '../../../src/workflow/intake/commands.ts';
import { silentLog } from '../../fixtures/log.ts';
import { type SlackDouble, startSlackDouble } from './double/start.ts';
import { digest, remediationIn } from './remediations.ts';

type Remediate = Parameters<Commands['remediate']>[0];
type ActNow = Parameters<Commands['actNow']>[0];
type Anew = Parameters<Commands['askAnew']>[0];
type Vote = Parameters<Commands['vote']>[0];

/** What the adapter asked of the workflow, and a workflow that answers plainly; replace parts of it as needed. */
export interface Scripted extends Commands {
  readonly asked: Remediate[];
  readonly anew: Anew[];
  readonly votes: Vote[];
  readonly urgent: ActNow[];
}

/** Numbers requests by their key, as the store does: the same key again gets the same number. */
export function scripted(replace: Partial<Commands> = {}): Scripted {
  const asked: Remediate[] = [];
  const anew: Anew[] = [];
  const votes: Vote[] = [];
  const urgent: ActNow[] = [];
  const keys: string[] = [];
  const remediation = remediationIn('waiting');
  return {
    asked,
    anew,
    votes,
    urgent,
    remediate: async (input) => {
      asked.push(input);
      if (!keys.includes(input.requestKey)) keys.push(input.requestKey);
      return {
        kind: 'accepted',
        number: keys.indexOf(input.requestKey) + 1,
        sentence: `Understood as: kubectl ${input.text}`,
        notes: [],
      };
    },
    askAnew: async (wanted) => {
      anew.push(wanted);
      return anew.length === 1
        ? { kind: 'accepted', number: 43, sentence: 'Asked anew: kubectl rollout restart', notes: [] }
        : {
            kind: 'already',
            sentence: 'Remediation 43 asks the same already.',
            place: { channel: 'C0OPS', ts: '1.2' },
          };
    },
    vote: async (ballot) => {
      votes.push(ballot);
      return { kind: 'recorded', sentence: `${ballot.decision} by ${ballot.actor.userId} counts.` };
    },
    votePolicy: async () => ({ kind: 'recorded', sentence: 'Approved, 1 of 2.' }),
    showTogether: async () => ({ kind: 'refused', sentence: 'Choose what to approve first.' }),
    approveTogether: async () => ({ kind: 'recorded', sentence: 'Approved together.' }),
    silence: async () => ({ kind: 'recorded', sentence: '2 alerts are being silenced.' }),
    offerToActNow: async () => ({
      ...{ kind: 'offered', number: 42, digest, request: 'pull request' },
      warning: 'Application argocd/shop undoes it within about 5 s (self-heal), unless it is paused.',
      pause: 'Pause the automatic sync of Application argocd/shop for 60 min',
    }),
    actNow: async (wanted) => {
      urgent.push(wanted);
      return { kind: 'recorded', sentence: 'Two people must approve it now.' };
    },
    details: async ({ id }) =>
      id === remediation.id
        ? { kind: 'details', remediation, approvals: [] }
        : { kind: 'unknown', sentence: 'It is not known here.' },
    ...replace,
  };
}

export interface EvaluatorDeps {
  readonly slack: SlackDouble;
  readonly bot: RunningSlack;
  readonly commands: Scripted;
}

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A double that is closed after the test. */
export async function double(): Promise<SlackDouble> {
  const slack = await startSlackDouble();
  open.push(() => slack.close());
  return slack;
}

export function settingsFor(slack: SlackDouble, kind: Mode['kind'], commands: Commands): SlackSettings {
  const { appToken, signingSecret, botToken } = slack.workspace;
  const mode: Mode = kind === 'socket' ? { kind, appToken } : { kind, signingSecret };
  return {
    mode,
    botToken,
    apiUrl: slack.apiUrl,
    host: '127.0.0.1',
    port: 0,
    routes: [],
    commands,
    log: silentLog,
  };
}

/** The adapter on a double, connected in this mode; both are closed after the test. */
export async function bench(
  kind: Mode['kind'],
  commands: Scripted = scripted(),
  more: Partial<SlackSettings> = {},
): Promise<EvaluatorDeps> {
  const slack = await double();
  const bot = await startSlack({ ...settingsFor(slack, kind, commands), ...more });
  open.push(() => bot.stop(1));
  if (kind === 'http') slack.useHttp(`http://127.0.0.1:${bot.port}/slack/events`);
  else await slack.untilConnected();
  return { slack, bot, commands };
}
