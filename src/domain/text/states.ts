import type { Approval } from '../approval.ts';
import { requestName, wordFor } from '../manifest/request-name.ts';
import type { Remediation, RemediationIn, State } from '../remediation.ts';
import { neededApprovals } from '../spec.ts';
import { countedApprovals } from '../votes.ts';
import { clockTime } from './clock-time.ts';

/** A state in words: an emoji that never stands alone, the state's word, and one sentence of why or what next. */
export interface StateWords {
  readonly emoji: string;
  readonly word: string;
  readonly sentence: string;
}

/** Hosts have other names for a request, and some have none: where it is only named, the row does not say which. */
const inRepository = 'in its repository';

const openWords: Partial<Record<State, string>> = {
  requested: 'being looked at',
  evaluated: 'being looked at',
  waiting: 'waiting for approval',
  approved: 'approved',
  pr_open: inRepository,
  executing: 'running',
  verifying: 'running',
  learning: 'running',
};
const openWordOf: ReadonlyMap<string, string> = new Map(Object.entries(openWords));

/** A state in a list; one that is not known here as the row has it. */
export const stateText = (state: string): string =>
  state === 'pr_open' ? inRepository : state.replaceAll('_', ' ');

/** A state that is no end, where a remediation is only named; one that is not known here as the row has it. */
export const openWord = (state: string): string => openWordOf.get(state) ?? stateText(state);

/**
 * What each state says at the head of the card. One entry for each state; the compiler holds it complete.
 *
 * @param isStopped whether Firebreak as a whole sends nothing at the moment
 */
export function stateWords(
  remediation: Remediation,
  approvals: readonly Approval[],
  isStopped: boolean,
  supersededBy?: number,
): StateWords {
  switch (remediation.state) {
    case 'requested':
      return words('🔎', 'Evaluating', 'Reading the state of the target from the cluster.');
    case 'evaluated':
      return words('🔎', 'Dry run', 'The API server checks the change without making it.');
    case 'waiting':
      return waiting(remediation, approvals);
    case 'approved':
      return words('👍', 'Approved', isStopped ? held : 'Starts now.');
    case 'pr_open':
      return words(
        '🔀',
        capital(wordFor(remediation.request, remediation.git)),
        requestSentence(remediation),
      );
    case 'executing':
      return words('🔧', 'Running', remediation.heldUp ?? 'The change is being sent to the cluster.');
    case 'verifying':
      return words('🔧', 'Verifying', verifying(remediation));
    case 'learning':
      return words('🔧', 'Finishing', remediation.verdict.sentence);
    case 'succeeded':
      return words('✅', 'Verified', remediation.verdict.sentence);
    case 'inconclusive':
      return words('❔', 'Inconclusive', remediation.verdict.sentence);
    case 'failed':
      return words('❌', `Failed in ${remediation.stage}`, remediation.failure);
    default:
      return closed(remediation, approvals, supersededBy);
  }
}

const held = 'Starts when Firebreak is started again, if the approval still counts by then.';

type Closed = RemediationIn<'no_action' | 'blocked' | 'rejected' | 'expired' | 'superseded'>;

/** The ends in which nothing was sent to the cluster. */
function closed(
  remediation: Closed,
  approvals: readonly Approval[],
  supersededBy: number | undefined,
): StateWords {
  switch (remediation.state) {
    case 'no_action':
      return remediation.spec === undefined
        ? words('⚪', 'Nothing done', remediation.failure)
        : words('⚪', 'Withdrawn', `${remediation.failure} Nothing was changed.`);
    case 'blocked':
      return words(
        '⛔',
        'Blocked',
        remediation.spec.blockedReason ?? 'A hard rule blocks this, whoever approves.',
      );
    case 'rejected':
      return words(
        '🚫',
        'Rejected',
        remediation.request === undefined
          ? 'Somebody said no. Nothing was changed.'
          : `The ${wordFor(remediation.request, remediation.git)} was closed without being merged. Nothing was changed.`,
      );
    case 'expired':
      return words('⌛', 'Expired', expired(remediation, approvals));
    case 'superseded':
      return words('↪️', 'Superseded', `${ended(remediation.change)} ${successor(remediation, supersededBy)}`);
  }
}

function words(emoji: string, word: string, sentence: string): StateWords {
  return { emoji, word, sentence };
}

function expired(remediation: RemediationIn<'expired'>, approvals: readonly Approval[]): string {
  const { request, git, spec } = remediation;
  if (request !== undefined)
    return `The ${wordFor(request, git)} was not merged in time, and is not followed any more.`;
  const isApproved = countedApprovals(remediation, approvals).length >= neededApprovals(spec);
  return isApproved
    ? 'The approval had grown too old before it could be carried out. Nothing was changed.'
    : 'Not enough approvals in time. Nothing was changed.';
}

function waiting(remediation: RemediationIn<'waiting'>, approvals: readonly Approval[]): StateWords {
  const needed = neededApprovals(remediation.spec);
  const missing = needed - countedApprovals(remediation, approvals).length;
  const until = clockTime(remediation.expiresAt, remediation.updatedAt);
  if (missing <= 0) return words('✋', 'Approval needed', 'Enough approvals; it starts in a moment.');
  const who = missing === 1 ? (needed === 1 ? 'One person' : 'One more person') : `${missing} people`;
  const next = `${ifApproved(remediation)}: ${remediation.spec.targetState.sentence}`;
  const { showing } = remediation;
  if (showing?.kind === 'refused')
    return words(
      '⚠️',
      'Cannot be approved',
      `What would have to be read first is not shown: ${showing.reason}`,
    );
  if (showing?.kind === 'posting') {
    const first =
      'What the card has no room for is being posted in the thread; Approve comes when all of it is there.';
    return words('✋', 'Approval needed', `${first} ${next}`);
  }
  return words('✋', 'Approval needed', `${who} must approve by ${until}. ${next}`);
}

/** What is approved is not what the cluster gets at once, where a repository gets it first. */
const ifApproved = ({ git, emergency }: RemediationIn<'waiting'>): string =>
  git?.kind === 'request' && emergency === undefined
    ? 'If approved, it goes into the repository, and once that is merged and applied'
    : 'If approved';

const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

function requestSentence({ request }: RemediationIn<'pr_open'>): string {
  if (request.step === 'opening') return 'The branch is pushed and the request opened.';
  const waits = request.waitsFor === undefined ? '' : ` It waits for ${request.waitsFor}.`;
  if (request.step === 'merged') return `Merged as ${request.commit.slice(0, 12)}.${waits}`;
  return `The change is in ${request.number === undefined ? 'the ' : ''}${requestName(request)}.${waits}`;
}

function verifying(remediation: RemediationIn<'verifying'>): string {
  return remediation.samples.at(-1)?.sentence ?? 'The change was sent; watching whether it works.';
}

/** Differences are told without a full stop. */
const ended = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

/** Where people had to approve, they must know that they are asked again. */
function successor({ spec }: RemediationIn<'superseded'>, number: number | undefined): string {
  const voted = neededApprovals(spec) > 0;
  if (number === undefined) return voted ? 'No vote carries over.' : 'It is judged again.';
  return voted
    ? `No vote carries over; see remediation ${number}.`
    : `Judged again in remediation ${number}.`;
}
