import { printAction } from '../../actions/print.ts';
import type { Actor } from '../../domain/actor.ts';
import type { Approval } from '../../domain/approval.ts';
import type { Stop } from '../../domain/incidents/stop.ts';
import { isFinal, type Remediation } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { stateText } from '../../domain/text/states.ts';
import { cut, storable } from '../../domain/text/text.ts';
import { forCluster } from '../../stages/intake/cluster-choice.ts';
import { withoutSecret } from '../../stages/intake/grammar/secrets.ts';
import { readSlashCommand, type SlashCommand } from '../../stages/intake/slash-command.ts';
import {
  approveTogether,
  showTogether,
  type TogetherAsked,
  type TogetherShown,
} from '../approval/together.ts';
import { type Ballot, castVote } from '../approval/vote.ts';
import type { WorkflowContext } from '../context.ts';
import { counterfactualOf } from '../delivery/counterfactual.ts';
import { historyFor, incidentFor, type Listing } from '../insight/look-back.ts';
import { statisticsFor } from '../insight/statistics.ts';
import { statusFor } from '../insight/status.ts';
import { actNow, offerToActNow, type UrgentCommands } from '../lasting/act-now.ts';
import { shownOf } from '../lifecycle/showing.ts';
import { chooseNotices } from '../notify/notify-command.ts';
import { OtherVersion } from '../other-version.ts';
import type { Answer, Right } from '../ports.ts';
import { rightToStop } from '../rights/approve.ts';
import { rightToAsk } from '../rights/ask.ts';
import { type Denied, denied } from '../rights/denied.ts';
import { rightToSee, rightToSeeAnything } from '../rights/see.ts';
import { checkedAt } from '../rights/standing.ts';
import type { Shown } from '../shown.ts';
import { askForSilence, type SilenceAsked } from '../silences/ask.ts';
import { timesLine } from '../summary.ts';
import { type PolicyBallot, votePolicy } from '../trust/vote.ts';
import { type AnewAsked, type AskedAlready, askAnew } from './ask-anew.ts';
import { again, choices, clusterFor } from './command-cluster.ts';
import { type Hammering, tooMuch } from './hammering.ts';
import { helpLines } from './help.ts';
import { createPace, type Pace } from './pace.ts';
import { proposedFor, refusalText } from './proposals.ts';
import { propose } from './propose.ts';
import { stopOrStart } from './stop-command.ts';

/** What a person reads at once, alone, after a slash command. */
export type CommandResponse =
  | {
      readonly kind: 'accepted';
      readonly number: number;
      readonly sentence: string;
      readonly notes: readonly string[];
    }
  /** `commands` may have been meant, and can be run as they stand. */
  | { readonly kind: 'refused'; readonly preformatted: string; readonly commands?: readonly string[] }
  /** This person may not, or it could not be checked whether they may. */
  | { readonly kind: 'denied'; readonly sentence: string }
  | AskedAlready
  | Listing
  | { readonly kind: 'text'; readonly title: string; readonly lines: readonly string[] };

/** Everything about one remediation; `counterfactual` is what would have put it into a lower tier. */
export interface Details {
  readonly remediation: Remediation;
  readonly approvals: readonly Approval[];
  readonly counterfactual?: string;
  readonly shown?: Shown;
  /** See Content. */
  readonly stopped?: Stop;
}

/** The answer to a click on Details. */
type DetailsAnswer =
  | ({ readonly kind: 'details' } & Details)
  | { readonly kind: 'denied' | 'unknown'; readonly sentence: string };

/** What people can ask of Firebreak, whatever chat they use. Each is answered to those alone who may ask or approve. */
export interface Commands extends UrgentCommands {
  /**
   * `text` is what follows the slash command's name; `channel` is where it was written, where there are any. Bad input is answered, never thrown. Durable before it resolves;
   * the same `requestKey` again changes nothing and gets the same answer, or how it has ended.
   */
  remediate(input: {
    text: string;
    actor: Actor;
    channel?: string;
    requestKey: string;
  }): Promise<CommandResponse>;
  /** Asks once more for what a card was about, in the name of whoever clicks; of one card once. */
  askAnew(asked: AnewAsked): Promise<CommandResponse>;
  vote(ballot: Ballot): Promise<Answer>;
  /** Has the alerts of a remediation's incident silenced until its verdict. */
  silence(asked: SilenceAsked): Promise<Answer>;
  details(wanted: { id: string; actor: Actor }): Promise<DetailsAnswer>;
  /** Decides one click on a proposed change of the policy. */
  votePolicy(ballot: PolicyBallot): Promise<Answer>;
  /** What one approval of several proposals of a storm would come to; nothing is decided. */
  showTogether(asked: TogetherAsked): Promise<TogetherShown>;
  /** Approves several at once: exactly those that were shown with this digest, or none. */
  approveTogether(asked: TogetherAsked & { readonly digest: string }): Promise<Answer>;
}

export function createCommands(context: WorkflowContext): Commands {
  const pace = createPace();
  const answered = <T>(work: () => Promise<T>, told: (sentence: string) => T) => {
    const answer = () => unlessOtherVersion(work, told);
    return context.peopleFirst?.asked(answer) ?? answer();
  };
  const inTime = async <T>(doing: Hammering, work: () => Promise<T>, told: (sentence: string) => T) => {
    const sentence = await tooMuch(context, pace, doing);
    return sentence === undefined ? answered(work, told) : told(sentence);
  };
  return {
    remediate: (input) =>
      answered(
        () => remediate(context, { ...input, text: storable(input.text) }, pace),
        (preformatted) => ({ kind: 'refused', preformatted }),
      ),
    askAnew: (asked) => {
      const { actor, remediationId } = asked;
      const command = () => `ask anew for remediation ${remediationId}`;
      const doing: Hammering = { actor, doing: 'change', command };
      return inTime<CommandResponse>(
        doing,
        () => askAnew(context, asked),
        (sentence) => ({ kind: 'denied', sentence }),
      );
    },
    vote: (ballot) => {
      const { actor, decision, remediationId } = ballot;
      const doing = decision === 'reject' ? 'reject' : 'click';
      const command = () => `${decision} remediation ${remediationId}`;
      return inTime({ actor, doing, command }, () => castVote(context, ballot), refusedFor);
    },
    silence: (asked) =>
      inTime(clickBy(asked, 'silence the alerts of'), () => askForSilence(context, asked), refusedFor),
    offerToActNow: (wanted) =>
      inTime(clickBy(wanted, 'act now on'), () => offerToActNow(context, wanted), refusedFor),
    actNow: (asked) => inTime(clickBy(asked, 'act now on'), () => actNow(context, asked), refusedFor),
    details: async (wanted) => {
      const { actor, id } = wanted;
      const command = () => `details of remediation ${id}`;
      const sentence = await tooMuch(context, pace, { actor, doing: 'click', command });
      if (sentence !== undefined) return { kind: 'denied', sentence };
      return answered<DetailsAnswer>(
        () => details(context, wanted),
        (told) => ({ kind: 'unknown', sentence: told }),
      );
    },
    votePolicy: (ballot) => {
      const { actor, decision, proposal } = ballot;
      const doing = decision === 'reject' ? 'reject' : 'click';
      const command = () => `${decision} policy proposal ${proposal}`;
      return inTime({ actor, doing, command }, () => votePolicy(context, ballot), refusedFor);
    },
    showTogether: (asked) => inTime(severalBy(asked), () => showTogether(context, asked), refusedFor),
    approveTogether: (asked) => inTime(severalBy(asked), () => approveTogether(context, asked), refusedFor),
  };
}

const refusedFor = (sentence: string) => ({ kind: 'refused', sentence }) as const;

const clickBy = ({ actor, remediationId }: SilenceAsked, what: string): Hammering => ({
  ...{ actor, doing: 'click' },
  command: () => `${what} remediation ${remediationId}`,
});

const severalBy = ({ actor, storm }: TogetherAsked): Hammering => ({
  ...{ actor, doing: 'click' },
  command: () => `approve several proposals of storm ${storm}`,
});

/** What another version has written is neither shown in part nor decided on; people are told which and why. */
async function unlessOtherVersion<T>(work: () => Promise<T>, told: (sentence: string) => T): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (fault instanceof OtherVersion) return told(fault.message);
    throw fault;
  }
}

async function details(
  context: WorkflowContext,
  { id, actor }: { id: string; actor: Actor },
): Promise<DetailsAnswer> {
  const remediation = await context.store.load(id);
  const right =
    remediation === undefined
      ? await rightToSeeAnything(context, actor)
      : await rightToSee(context, remediation, actor);
  if (right.kind !== 'allowed') {
    const command = `details of remediation ${remediation?.number ?? 'unknown'}`;
    return { kind: 'denied', sentence: await denied(context, { actor, command, right }) };
  }
  if (remediation === undefined)
    return { kind: 'unknown', sentence: 'This card belongs to no remediation that Firebreak knows.' };
  const counterfactual = counterfactualOf(context, remediation);
  const [approvals, stopped] = await Promise.all([
    context.store.approvals(id),
    isFinal(remediation.state) ? undefined : context.store.stopped(),
  ]);
  const shown = shownOf(remediation);
  const more = {
    ...(counterfactual === undefined ? {} : { counterfactual }),
    ...(shown === undefined ? {} : { shown }),
    ...(stopped === undefined ? {} : { stopped }),
  };
  return { kind: 'details', remediation, approvals, ...more };
}

type Input = Parameters<Commands['remediate']>[0];

async function remediate(context: WorkflowContext, input: Input, pace: Pace): Promise<CommandResponse> {
  const asked = readSlashCommand(input.text, choices(context));
  const began = context.clock();
  // Before anybody is asked who this is: that is what Slack lets an app do so many times a minute.
  const sentence = await tooMuchAsked(context, pace, input, asked);
  if (sentence !== undefined) return { kind: 'denied', sentence };
  const right = await rightFor(context, asked, input);
  if (right.kind !== 'allowed') return turnedAway(context, input, asked, right);
  switch (asked.kind) {
    case 'help':
      return { kind: 'text', ...helpLines(choices(context)) };
    case 'status':
      return statusFor(context, input.actor);
    case 'one':
      return oneResponse(context, input, asked);
    case 'stats':
      return statsResponse(context, input, asked);
    case 'history':
      return historyFor(context, asked, input.actor);
    case 'incident':
      return incidentFor(context, asked, input);
    case 'stop':
    case 'start': {
      const { actor: by, requestKey } = input;
      const title = await stopOrStart(context, asked.kind, { by, reason: asked.reason, requestKey });
      return { kind: 'text', title, lines: [] };
    }
    case 'notify':
      return { kind: 'text', title: await chooseNotices(context, input.actor, asked.wants), lines: [] };
    case 'unclear':
      return { kind: 'refused', preformatted: asked.sentence };
    case 'refused':
      return refuse(context, input, asked);
    case 'action':
      return propose(context, input, asked, checkedAt(right, began));
  }
}

/** To ask for a change, to stop and start Firebreak, or else to see anything. A word that is left out does not compile. */
function rightFor(context: WorkflowContext, asked: SlashCommand, input: Input): Promise<Right> {
  switch (asked.kind) {
    case 'action':
      return rightToAsk(
        context,
        { action: asked.action, cluster: clusterFor(context, asked.cluster, input.channel).name },
        input,
      );
    case 'stop':
    case 'start':
      return rightToStop(context, input.actor);
    case 'notify':
      // Whoever gets messages may end them, whatever rights are left to them, and whether or not these can be looked up.
      return asked.wants ? rightToSeeAnything(context, input.actor) : Promise.resolve({ kind: 'allowed' });
    case 'help':
    case 'status':
    case 'history':
    case 'incident':
    case 'unclear':
    case 'one':
    case 'stats':
    case 'refused':
      return rightToSeeAnything(context, input.actor);
  }
}

type Asked<K extends SlashCommand['kind']> = Extract<SlashCommand, { kind: K }>;

/** The command as the log keeps it: what the API server would be sent, or what was typed. */
function wantedBy(asked: SlashCommand, { text }: Input): string {
  if (asked.kind === 'action') return forCluster(printAction(asked.action), asked.cluster);
  return asked.kind === 'refused' ? withoutSecret(asked.command, asked.refusal) : `/remediate ${text.trim()}`;
}

async function turnedAway(
  context: WorkflowContext,
  input: Input,
  asked: SlashCommand,
  right: Denied,
): Promise<CommandResponse> {
  const { actor, requestKey } = input;
  const command = wantedBy(asked, input);
  return { kind: 'denied', sentence: await denied(context, { actor, command, right, requestKey }) };
}

/** Why this is one too many; whoever wants all of it to stop is never one too many. */
async function tooMuchAsked(
  context: WorkflowContext,
  pace: Pace,
  input: Input,
  asked: SlashCommand,
): Promise<string | undefined> {
  if (asked.kind === 'stop') return undefined;
  const { actor, requestKey } = input;
  const doing = asked.kind === 'action' ? 'change' : 'look';
  return tooMuch(context, pace, { actor, doing, requestKey, command: () => wantedBy(asked, input) });
}

async function refuse(
  context: WorkflowContext,
  { actor, channel, requestKey }: Input,
  asked: Asked<'refused'>,
): Promise<CommandResponse> {
  const { command, refusal } = asked;
  await context.store.recordUnparsable({
    command: cut(redact(withoutSecret(command, refusal)), 4000),
    reason: redact(refusal.reason),
    by: actor,
    requestKey,
  });
  const cluster = clusterFor(context, asked.cluster, channel);
  const proposed = await proposedFor({ ...context, cluster }, refusal);
  const commands = proposed.commands.map((each) => again(context, each, cluster));
  return { kind: 'refused', ...refusalText(command, refusal, { ...proposed, commands }) };
}

/** What may be the name of a workload, to be looked for. */
const namedIn = (word: string): string =>
  /^[a-z][a-z0-9./-]{0,60}$/i.test(word) && redact(word) === word ? ` ${word}` : '';

async function oneResponse(
  context: WorkflowContext,
  input: Input,
  asked: Asked<'one'>,
): Promise<CommandResponse> {
  const { word, number } = asked;
  const row = number === undefined ? undefined : await context.store.byNumber(number);
  if (row === undefined) {
    return {
      kind: 'refused',
      preformatted: `There is no remediation "${cut(redact(word), 40)}". Try: /remediate history${namedIn(word)}`,
    };
  }
  const right = await rightToSee(context, row, input.actor, 'gate');
  if (right.kind !== 'allowed') return turnedAway(context, input, asked, right);
  const ended =
    'failure' in row ? [row.failure] : 'verdict' in row && row.verdict ? [row.verdict.sentence] : [];
  return {
    kind: 'text',
    title: `Remediation ${row.number}: ${stateText(row.state)}`,
    lines: [printAction(row.action), timesLine(row, context.clock()), ...ended],
  };
}

async function statsResponse(
  context: WorkflowContext,
  input: Input,
  asked: Asked<'stats'>,
): Promise<CommandResponse> {
  const answer = await statisticsFor(context, asked, input);
  if (answer.kind === 'not understood') return { kind: 'refused', preformatted: answer.sentence };
  return { kind: 'text', title: answer.title, lines: answer.lines };
}
