import type { KnownBlock } from '@slack/types';
import { phrase } from '../../../actions/phrase.ts';
import { commandText } from '../../../actions/secret-texts.ts';
import { ownerText } from '../../../domain/facts/manifest-source.ts';
import type { Aftermath, BegunPause } from '../../../domain/manifest/emergency.ts';
import type { GitChange } from '../../../domain/manifest/git-change.ts';
import { requestWord } from '../../../domain/manifest/request-name.ts';
import { approversAnnotation } from '../../../domain/policy/owners.ts';
import type { Approvers } from '../../../domain/policy/policy.ts';
import { mayBeAskedAnew, type Remediation, type RemediationIn } from '../../../domain/remediation.ts';
import { type DeclarativeSpec, neededApprovals } from '../../../domain/spec.ts';
import { clockTime, span } from '../../../domain/text/clock-time.ts';
import { stateWords } from '../../../domain/text/states.ts';
import { targetsText } from '../../../domain/text/targets.ts';
import { triedLines } from '../../../domain/text/tried.ts';
import { countedApprovals } from '../../../domain/votes.ts';
import type { Content } from '../../../workflow/ports.ts';
import { context, fields, header, limits, paragraph, type Rendered, section, verbatim } from '../blocks.ts';
import {
  clamp,
  code,
  codeBlock,
  lines,
  linked,
  listed,
  md,
  oneLine,
  person,
  type SafeMrkdwn,
} from '../text.ts';
import { actNowButtons, anewButtons, decisionButtons, detailsButton, runButtons } from './buttons.ts';
import { besidesBlock, headedBlocks } from './headed.ts';
import { inCluster, notification } from './notification.ts';
import { elsewhere, notesBlock, pieceBlocks } from './pieces.ts';
import { earlierBlock, mayApprove, requestedBy } from './requester.ts';
import { constraintsText, dryRunText, resultsText, rollbackText, scoreText, tierWords } from './sections.ts';
import { silenceButtons, silenceNote } from './silence.ts';

export type CardContent = Extract<Content, { kind: 'card' }>;

/** Characters for the parts that can grow, so that a whole card stays well under Slack's 10 000 in all. */
const room = {
  targets: 600,
  reason: 520,
  score: 1800,
  constraints: 900,
  dryRun: 600,
  results: 900,
  counterfactual: 500,
  comparison: 1500,
  openRequest: 400,
} as const;

/** Steps before this one that a card names, the last ones. */
const triedShown = 2;

/**
 * The one card of a remediation: the state's word first, why or what next in one sentence, the facts, the score
 * with its reasons, the conditions, the rollback, and buttons only while a decision is wanted.
 * A pure function of what is stored; all blocks are of kinds that every client shows. What is decided on is whole, here
 * or in the thread.
 *
 * @param workspaceUrl for links to messages
 */
export function remediationCard(content: CardContent, workspaceUrl?: string): Rendered {
  const { remediation, approvals, supersededBy, shown, cluster } = content;
  const isStopped = content.stopped !== undefined;
  const { emoji, word, sentence } = stateWords(remediation, approvals, isStopped, supersededBy);
  return {
    text: clamp(
      oneLine(notification(remediation, approvals, isStopped, supersededBy, cluster)),
      limits.fallback,
    ),
    blocks: [
      header(`${emoji} ${word}: ${phrase(remediation.action)}${inCluster(cluster)}`),
      paragraph(clamp(sentence, 1200)),
      ...successorLink(content, workspaceUrl),
      ...headedBlocks(content.headed, remediation.updatedAt),
      ...besidesBlock(content.besides),
      ...openRequestsNote(content),
      ...stopNote(content),
      ...silenceNote(content.silence, remediation.updatedAt),
      fields(facts(content)),
      ...compared(content),
      verbatim(commandText(remediation.action)),
      ...pieceBlocks(shown, 'values'),
      ...notesBlock(shown),
      ...earlierBlock(remediation),
      ...reason(remediation),
      ...pieceBlocks(shown, 'moved'),
      ...pieceBlocks(shown, 'git'),
      ...pieceBlocks(shown, 'emergency'),
      ...judgement(content),
      ...outcome(remediation),
      ...pieceBlocks(shown, 'changes'),
      ...elsewhere(shown),
      context([lines([small(remediation), ...ifStillWanted(remediation)])]),
      ...meantInstead(content),
      ...buttons(content),
    ],
  };
}

/** Where the card is that took the place of this one. */
function successorLink(
  { supersededBy, successorAt }: CardContent,
  workspaceUrl: string | undefined,
): readonly KnownBlock[] {
  const link = linked(successorAt, workspaceUrl);
  return supersededBy === undefined || link.mrkdwn === ''
    ? []
    : [section(md`*Remediation ${supersededBy}* takes its place:${link}`)];
}

/** Why nothing is carried out at the moment, whatever the state says. */
function stopNote({ stopped }: CardContent): readonly KnownBlock[] {
  if (stopped === undefined) return [];
  const { by, at, reason: why } = stopped;
  const who = by === undefined ? md` by itself` : md` by ${person(by)}`;
  const said = md`🛑 *Firebreak is stopped*${who} since ${clockTime(at, at)}: ${clamp(oneLine(why), room.reason)}`;
  return [section(md`${said}\nNothing is sent to the cluster until \`/remediate start\`.`)];
}

/** What has to be merged or closed before the request of this one can be. */
function openRequestsNote({ openRequests }: CardContent): readonly KnownBlock[] {
  if (openRequests === undefined) return [];
  const told = openRequests.split('\n').map((line) => md`${clamp(line, room.openRequest)}`);
  return [section(lines([md`*Also open in Git*`, ...told]))];
}

/** What is not as it was approved, as far as a card has room; all of it is in the sentence, too. */
function compared({ comparison }: CardContent): readonly KnownBlock[] {
  if (comparison === undefined || comparison.length > room.comparison) return [];
  return [section(md`*What has changed since it was judged*`), verbatim(comparison)];
}

/** The card in as few and as plain blocks as can be, for when Slack refuses the full one. */
export function shortCard(content: CardContent): Rendered {
  const { remediation, approvals, supersededBy, cluster } = content;
  const isStopped = content.stopped !== undefined;
  const { emoji, word, sentence } = stateWords(remediation, approvals, isStopped, supersededBy);
  return {
    text: clamp(
      oneLine(notification(remediation, approvals, isStopped, supersededBy, cluster)),
      limits.fallback,
    ),
    blocks: [
      header(`${emoji} ${word}: ${phrase(remediation.action)}${inCluster(cluster)}`),
      paragraph(clamp(`${sentence} (Slack refused the full card: see Details.)`, 1000)),
      ...headedBlocks(content.headed, remediation.updatedAt),
      ...besidesBlock(content.besides),
      ...openRequestsNote(content),
      ...stopNote(content),
      ...earlierBlock(remediation),
      ...buttons(content),
    ],
  };
}

function facts(content: CardContent): readonly SafeMrkdwn[] {
  const { remediation, approvals, approvers, cluster, aftermath } = content;
  const place = cluster === undefined ? md`` : md`\nin the cluster *${cluster}*`;
  const target = md`*Target*\n${clamp(targetsText(remediation), room.targets)}${place}`;
  const asked = md`*Requested by*\n${requestedBy(remediation.requestedBy)}`;
  switch (remediation.state) {
    case 'requested':
      return [target, asked];
    case 'waiting': {
      const votes = countedApprovals(remediation, approvals);
      const have =
        votes.length === 0 ? md`` : md` by ${listed(votes.map((vote) => person(vote.actor.userId)))}`;
      return [
        target,
        asked,
        md`*Approvals*\n${votes.length} of ${neededApprovals(remediation.spec)}${have}`,
        md`*Expires*\n${clockTime(remediation.expiresAt, remediation.updatedAt)}`,
        md`*May approve*\n${mayApprove(approvers, remediation.requestedBy)}${chosenBy(remediation, approvers)}`,
      ];
    }
    default:
      return [
        target,
        asked,
        ...decided({ remediation, approvals }),
        ...requested(remediation),
        ...afterwards(aftermath, remediation),
        ...ended(remediation),
      ];
  }
}

/** Who decided, and when. */
function decided({
  remediation,
  approvals,
}: Pick<CardContent, 'remediation' | 'approvals'>): readonly SafeMrkdwn[] {
  const near = remediation.updatedAt;
  if (remediation.state === 'rejected') {
    const who =
      remediation.request === undefined ? person(remediation.rejectedBy) : md`${remediation.rejectedBy}`;
    return [md`*Rejected by*\n${who} at ${clockTime(remediation.endedAt, near)}`];
  }
  const votes =
    'digest' in remediation && remediation.digest !== undefined
      ? countedApprovals({ ...remediation, digest: remediation.digest }, approvals)
      : [];
  if (votes.length > 0) {
    return [
      md`*Approved by*\n${listed(votes.map((vote) => md`${person(vote.actor.userId)} at ${clockTime(vote.at, near)}`))}`,
    ];
  }
  const spec = 'spec' in remediation ? remediation.spec : undefined;
  return spec === undefined
    ? []
    : [md`*Approval*\n${spec.tier === 'auto' ? md`not needed, ` : md``}${tierWords[spec.tier]}`];
}

const requestLabel = (url: string | undefined, change?: GitChange): string =>
  requestWord(url, change) === 'merge request' ? 'Merge request' : 'Pull request';

/** The pull request, where there is one to open in a browser. */
function requested(remediation: Remediation): readonly SafeMrkdwn[] {
  const request = 'request' in remediation ? remediation.request : undefined;
  if (request === undefined || request.step === 'opening' || request.url === undefined) return [];
  return [md`*${requestLabel(request.url)}*\n${request.url}`];
}

/** The request that follows what was done at once, and the pause meanwhile. */
function afterwards(aftermath: Aftermath | undefined, remediation: Remediation): readonly SafeMrkdwn[] {
  if (aftermath === undefined) return [];
  const near = remediation.updatedAt;
  const git = 'git' in remediation ? remediation.git : undefined;
  const { request, pause } = aftermath;
  const url = 'url' in request ? request.url : undefined;
  const link = url === undefined ? md`` : md`${url}\n`;
  const said = clamp(oneLine(requestWords(request)), room.reason);
  return [
    md`*${requestLabel(url, git)}, after it*\n${link}${said}`,
    ...(pause === undefined
      ? []
      : pause.step === 'begun'
        ? [md`*Sync paused*\n${ownerText(pause.owner)}, ${untilWhen(pause, near)}`]
        : [md`*Pause of the sync*\n${clamp(oneLine(pause.sentence), room.reason)}`]),
  ];
}

/** Until its time is over, and then until its end is taken, which may be never. */
const untilWhen = ({ until, unended }: BegunPause, near: string): SafeMrkdwn =>
  unended === undefined
    ? md`until ${clockTime(until, near)} at most`
    : md`still: its end is tried again. ${clamp(oneLine(unended.reason), room.reason)}`;

function requestWords(request: Aftermath['request']): string {
  switch (request.step) {
    case 'wanted':
    case 'opening':
      return 'To be opened once the change is made.';
    case 'open':
      return `Open. It waits for ${request.waitsFor ?? 'an answer'}.`;
    case 'merged':
      return `Merged as ${request.commit.slice(0, 12)}. It waits for ${request.waitsFor ?? 'that to be applied'}.`;
    case 'ended':
      return request.sentence;
  }
}

function ended(remediation: Remediation): readonly SafeMrkdwn[] {
  if (!('endedAt' in remediation)) return [];
  const { createdAt, endedAt } = remediation;
  return [md`*Ended*\n${clockTime(endedAt, createdAt)}, after ${span(createdAt, endedAt)}`];
}

function reason(remediation: Remediation): readonly KnownBlock[] {
  const given =
    remediation.reason === undefined ? [] : [`Reason: ${clamp(oneLine(remediation.reason), room.reason)}`];
  const refused =
    remediation.state === 'rejected' && remediation.rejectReason !== undefined
      ? [`Reason for rejection: ${clamp(oneLine(remediation.rejectReason), room.reason)}`]
      : [];
  const tried = triedLines(remediation.requestedBy, remediation.updatedAt).slice(-triedShown);
  const before = tried.map((line) => clamp(oneLine(line), room.reason)).join('\n');
  return [...given, ...(before === '' ? [] : [before]), ...refused].map(paragraph);
}

function judgement(content: CardContent): readonly KnownBlock[] {
  const { remediation } = content;
  if (!('spec' in remediation) || remediation.spec === undefined) return [];
  const { spec } = remediation;
  return [
    section(scoreText(spec, room.score, false)),
    ...milder(content),
    ...(spec.tier === 'blocked' ? [] : carriedOut(spec, content)),
  ];
}

/** What would make it less risky, while people decide or where nobody may. */
function milder({ remediation: { state }, counterfactual }: CardContent): readonly KnownBlock[] {
  if (counterfactual === undefined || (state !== 'waiting' && state !== 'blocked')) return [];
  return [paragraph(clamp(counterfactual, room.counterfactual))];
}

/** What holds while it runs, and what leads back; of no interest where it never runs. */
function carriedOut(spec: DeclarativeSpec, content: CardContent): readonly KnownBlock[] {
  const { constraints, rollbackPlan } = spec;
  return [
    ...(constraints.length === 0 ? [] : [section(constraintsText(constraints, room.constraints))]),
    section(lines([rollbackText(rollbackPlan), ...verificationPlan(content)])),
  ];
}

function outcome(remediation: Remediation): readonly KnownBlock[] {
  const dryRun = 'dryRun' in remediation ? remediation.dryRun : undefined;
  const results = resultsText(remediation, room.results);
  return [
    ...(dryRun === undefined ? [] : [section(dryRunText(dryRun, room.dryRun))]),
    ...(results === undefined ? [] : [section(results)]),
  ];
}

/** Whose annotation has chosen them, where they are whom it chose. */
function chosenBy(
  { spec: { approvers: chosen } }: RemediationIn<'waiting'>,
  { groups }: Approvers,
): SafeMrkdwn {
  if (chosen === undefined || groups.length !== 1 || groups[0] !== chosen.group) return md``;
  return md`, by the annotation ${code(approversAnnotation)} of ${clamp(chosen.source, 200)}`;
}

/** Before the change, how it will be judged; afterwards the verdict says it. */
function verificationPlan({ remediation, verification }: CardContent): readonly SafeMrkdwn[] {
  if (remediation.state !== 'waiting' && remediation.state !== 'approved') return [];
  return [md`*Verification plan:* ${clamp(verification, 700)}`];
}

const small = ({ number, cluster }: Remediation): SafeMrkdwn =>
  md`Remediation ${number} · cluster ${cluster}`;

/** What is over is not advised: whoever wants it all the same is told what the button does. */
const ifStillWanted = (remediation: Remediation): readonly SafeMrkdwn[] =>
  mayBeAskedAnew(remediation)
    ? [md`Ask anew makes a new request in your name, and it is judged as things are then.`]
    : [];

/** What can be asked for instead, each whole: it is what a click runs. */
function meantInstead({ commands = [] }: CardContent): readonly KnownBlock[] {
  if (commands.length === 0) return [];
  const told = commands.map((command, index) => `${index === 0 ? 'Try' : ' Or'}: ${command}`).join('\n');
  return [section(codeBlock(told, limits.text)), ...runButtons(commands)];
}

function buttons({ remediation, shown, silence }: CardContent): readonly KnownBlock[] {
  const more = [
    ...actNowButtons(remediation),
    ...anewButtons(remediation),
    ...silenceButtons(silence, remediation),
  ];
  if (remediation.state === 'waiting')
    return [decisionButtons(remediation, shown?.approvable ?? false, more)];
  return 'spec' in remediation && remediation.spec !== undefined ? [detailsButton(remediation, more)] : [];
}
