import { printAction } from '../../actions/print.ts';
import type { Chapter, Place, Story } from '../../domain/incidents/story.ts';
import { wordFor } from '../../domain/manifest/request-name.ts';
import { clockTime, span } from '../../domain/text/clock-time.ts';
import { redact } from '../../domain/text/redact.ts';
import { stateText } from '../../domain/text/states.ts';
import { cut } from '../../domain/text/text.ts';

/** One thing that happened, in a sentence that is redacted. `by`: the user id of the person who did it. */
export interface Moment {
  readonly at: string;
  readonly text: string;
  readonly by?: string;
  /** The message that tells more. */
  readonly link?: Place;
}

const longest = 400;
const plain = (text: string): string => cut(redact(text).replaceAll(/\s+/g, ' ').trim(), longest);

/** All that happened in an incident, from the first signal to the lesson, in the order of time. */
export function momentsOf(story: Story): readonly Moment[] {
  const { signals, chapters, evidence, closed, reopened, others = [], withheld = [] } = story;
  const all: Moment[] = [
    ...signals.flatMap(({ name, alerts, firing, since, resolvedAt }) => [
      { at: since, text: `Alert ${plain(name)}${alerts === 1 ? '' : `, ${alerts} in all`}` },
      ...(firing > 0 || resolvedAt === undefined
        ? []
        : [{ at: resolvedAt, text: `${alerts === 1 ? 'Alert' : 'The last'} ${plain(name)} was over` }]),
    ]),
    ...(evidence === undefined
      ? []
      : [{ at: evidence.at, text: `Seen of ${evidence.target}: ${plain(evidence.pods.join(' '))}` }]),
    ...withheld.map(({ at, name, reason }) => ({
      at,
      text: `Nothing was proposed for ${plain(name)}: ${plain(reason)}`,
    })),
    ...chapters.flatMap(momentsIn),
    ...others.map(({ number, state, at }) => ({
      at,
      text: `Remediation ${number}: ${stateText(state)}, ${byAnother}`,
    })),
    ...(closed === undefined
      ? []
      : [
          {
            at: closed.at,
            text: `Closed: ${endSentence(story)}${reopened === 0 ? '' : ` It was opened again ${times(reopened)} before.`}`,
          },
        ]),
  ];
  return all.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** What is said of a remediation that only another version can read. */
export const byAnother = 'written by another version of Firebreak: what it did is not told here';

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

function momentsIn({ remediation, approvals, look, card }: Chapter): readonly Moment[] {
  const { number, createdAt, requestedBy, reason, anew } = remediation;
  const link = card === undefined ? {} : { link: card };
  const which = `Remediation ${number}`;
  const asked = `${which}: ${printAction(remediation.action)}`;
  return [
    requestedBy.kind === 'person'
      ? {
          at: createdAt,
          text: `${asked}, asked for${anewText(anew)}${reason === undefined ? '' : ` because "${plain(reason)}"`}`,
          by: requestedBy.actor.userId,
          ...link,
        }
      : { at: createdAt, text: `${asked}, proposed by ${sourceOf(requestedBy)}`, ...link },
    ...approvals.map(({ at, decision, actor, reason: why }) => ({
      at,
      by: actor.userId,
      text: `${which} ${decision === 'approve' ? 'approved' : 'rejected'}${why === undefined ? '' : `: ${plain(why)}`}`,
    })),
    ...('startedAt' in remediation && remediation.startedAt !== undefined
      ? [{ at: remediation.startedAt, text: `${which} was carried out` }]
      : []),
    // A vote that rejects it is its end; of a pull request that was closed there is none.
    ...(isRejectedBy(approvals, remediation) ? [] : outcomeOf(remediation, which)),
    ...(look?.result === undefined
      ? []
      : [
          {
            at: look.endedAt ?? look.due,
            text: `${which}, looked at again: ${lookWords[look.result]} ${plain(look.sentence ?? '')}`.trim(),
          },
        ]),
  ];
}

function anewText(anew: Chapter['remediation']['anew']): string {
  const last = anew?.at(-1);
  return last === undefined ? '' : ` anew after remediation ${last.number}`;
}

const isRejectedBy = (approvals: Chapter['approvals'], { state }: Chapter['remediation']): boolean =>
  state === 'rejected' && approvals.some(({ decision }) => decision === 'reject');

const lookWords = {
  lasted: 'it has lasted.',
  undone: 'it was undone since.',
  came_back: 'it came back.',
  replaced: 'it was changed since.',
  unknown: 'whether it lasted could not be seen.',
} as const;

const sourceOf = (by: Exclude<Chapter['remediation']['requestedBy'], { kind: 'person' }>): string =>
  by.kind === 'playbook' ? `the playbook ${by.playbook}` : `Firebreak, back from remediation ${by.ofNumber}`;

/** How it ended, or how it stands. */
function outcomeOf(row: Chapter['remediation'], which: string): readonly Moment[] {
  if ('verdict' in row && row.verdict !== undefined) {
    const { result, decidedAt, sentence } = row.verdict;
    return [{ at: decidedAt, text: `${which}: ${result.replace('_', ' ')}: ${plain(sentence)}` }];
  }
  if (!('endedAt' in row)) return [];
  if (row.state === 'rejected' && row.request !== undefined) {
    const closed = `its ${wordFor(row.request, row.git)} was closed by ${plain(row.rejectedBy)} without being merged`;
    return [{ at: row.endedAt, text: `${which}: ${closed}` }];
  }
  const why = 'failure' in row ? `: ${plain(row.failure)}` : '';
  return [{ at: row.endedAt, text: `${which}: ${row.state.replace('_', ' ')}${why}` }];
}

/** What an incident is about: `Deployment/web in shop`, or its title. */
function subjectOfStory({ ownerKey, title }: Story): string {
  const [name, kind, namespace] = (ownerKey ?? '').split('/').toReversed();
  if (name === undefined || kind === undefined) return plain(title);
  return namespace === undefined || namespace === '-' ? `${kind}/${name}` : `${kind}/${name} in ${namespace}`;
}

/** Why it is over, with numbers. */
function endSentence(story: Story): string {
  const { signals, closed } = story;
  const alerts = signals.reduce((sum, each) => sum + each.alerts, 0);
  const firing = signals.reduce((sum, each) => sum + each.firing, 0);
  if (closed?.why === 'healthy')
    return `${subjectOfStory(story)} has been healthy for long enough; ${firing} of ${alerts} alerts still ${firing === 1 ? 'says' : 'say'} that it fires.`;
  if (closed?.why === 'quiet') return `no Warning event about ${subjectOfStory(story)} is reported any more.`;
  if (closed?.why === 'silent')
    return `nothing was heard of its alerts any more, neither that they fire nor that they are over, and ${subjectOfStory(story)} cannot be looked at; ${firing} of ${alerts} alerts may still fire.`;
  if (closed?.why === 'told')
    return 'no more alerts are added to its message. Each of them is an incident of its own, with its own end.';
  if (closed?.why === 'done' || alerts === 0) return 'what was asked for is done.';
  return alerts === 1 ? 'its alert is over.' : `all ${alerts} alerts are over.`;
}

/** What an incident is and how it stands, in one line. */
export function storyHead(story: Story): string {
  const name = story.number === undefined ? 'Incident' : `Incident ${story.number}`;
  const end = endOf(story);
  const where = story.cluster === undefined ? '' : `, cluster ${plain(story.cluster)}`;
  const head = `${name}: ${subjectOfStory(story)}${where}`;
  return end === undefined
    ? `${head}: open since ${story.beganAt.slice(0, 16).replace('T', ' ')} UTC`
    : `${head}. ${end.headline}`;
}

/** What its end says: how long it took, what was done and by whom, and what came of it. */
export interface End {
  readonly headline: string;
  readonly lines: readonly {
    readonly text: string;
    /** User ids of the people who asked for it, and of those who approved it. */
    readonly askedBy?: string;
    readonly approvedBy: readonly string[];
    readonly outcome: string;
  }[];
}

export function endOf(story: Story): End | undefined {
  const { closed, beganAt, chapters, signals, others = [] } = story;
  if (closed === undefined) return undefined;
  const [first = beganAt] = [...signals.map(({ since }) => since), beganAt].toSorted(
    (a, b) => Date.parse(a) - Date.parse(b),
  );
  return {
    headline: `Closed after ${span(first, closed.at)}: ${endSentence(story)}`,
    lines: [
      ...chapters.map((chapter) => ({
        text: `${chapter.remediation.number}: ${printAction(chapter.remediation.action)}`,
        ...(chapter.remediation.requestedBy.kind === 'person'
          ? { askedBy: chapter.remediation.requestedBy.actor.userId }
          : {}),
        approvedBy: chapter.approvals.flatMap(({ decision, actor }) =>
          decision === 'approve' ? [actor.userId] : [],
        ),
        outcome: learned(chapter, closed.at),
      })),
      ...others.map(({ number, state }) => ({
        text: `${number}: ${byAnother}`,
        approvedBy: [],
        outcome: stateText(state),
      })),
    ],
  };
}

/** What one remediation came to, and whether it lasts. */
function learned({ remediation, look }: Chapter, near: string): string {
  const [ending] = outcomeOf(remediation, '').map(({ text }) => text.replace(/^: /, ''));
  const came = ending ?? stateText(remediation.state);
  if (look === undefined) return came;
  const later =
    look.result === undefined
      ? `Whether it lasts is looked at ${clockTime(look.due, near)}.`
      : `Looked at again: ${lookWords[look.result]}`;
  return `${came} ${later}`;
}
