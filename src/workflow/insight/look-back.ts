import type { Actor } from '../../domain/actor.ts';
import type { Place, Story } from '../../domain/incidents/story.ts';
import { letsAllAskAll } from '../../domain/policy/requesters.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut } from '../../domain/text/text.ts';
import { type HistoryAsked, mostPages } from '../../stages/intake/looking-back.ts';
import { sinceOf } from '../../stages/intake/since.ts';
import { momentsOf, storyHead } from '../../stages/show/story.ts';
import type { WorkflowContext } from '../context.ts';
import { rightToSee, seenBy } from '../rights/see.ts';
import { summaryLine } from '../summary.ts';

/** A title and lines, each perhaps with the message that tells more. `commands`: what other pages are asked for by. */
export interface Listing {
  readonly kind: 'list';
  readonly title: string;
  readonly lines: readonly { readonly text: string; readonly by?: string; readonly link?: Place }[];
  readonly previous?: string;
  readonly next?: string;
}

type Answer = Listing | { readonly kind: 'refused'; readonly preformatted: string };

/** Lines of one page: what a phone shows without scrolling for long. */
const perPage = 10;

/** The manifest has Slack send a command as it was typed: a name behind an @ is not resolved to a person. */
const noMention =
  'Slack does not say who an @name is. Write: by me, or by and the member ID that is in the profile, such as by U0123ABCD';

const notUnderstood = (preformatted: string): Answer => ({ kind: 'refused', preformatted });

/** A page of what was done, the newest first, as somebody may see it. */
export async function historyFor(
  context: WorkflowContext,
  asked: HistoryAsked,
  actor: Actor,
): Promise<Answer> {
  const { since: word, page, text, person: named, ...filter } = asked;
  const now = await context.store.now();
  const since = word === undefined ? undefined : sinceOf(word, now);
  if (word !== undefined && since === undefined)
    return notUnderstood(`"${cut(redact(word), 40)}" is no time in the past. Try: /remediate history 7d`);
  const found = await context.store.lookBack({
    ...filter,
    ...personOf(named, actor),
    ...(since === undefined ? {} : { since }),
    offset: (page - 1) * perPage,
    limit: perPage + 1,
  });
  const shown = found.slice(0, perPage);
  const seen = await seenBy(context, shown, actor);
  const about = aboutOf(text);
  if (shown.length === 0) return nothing(page, text);
  const hidden = shown.length - seen.length;
  const to = (other: number) => `history ${text === '' ? '' : `${text} `}page ${other}`;
  return {
    kind: 'list',
    title: `The latest remediations${about}, page ${page}`,
    lines: [
      ...seen.map(({ place, ...row }) => ({
        text: summaryLine(row),
        ...(place === undefined ? {} : { link: place }),
      })),
      ...(hidden === 0 ? [] : [{ text: `${hidden} more where you may neither ask nor approve.` }]),
    ],
    ...(page === 1 ? {} : { previous: to(page - 1) }),
    ...(found.length > perPage && page < mostPages ? { next: to(page + 1) } : {}),
  };
}

/** Whoever is named by an id, or oneself. */
function personOf(named: string | undefined, actor: Actor): { readonly person?: string } {
  if (named === undefined) return {};
  return { person: named.toLowerCase() === 'me' ? actor.userId : named };
}

/** What was asked for, after what was found. */
function aboutOf(text: string): string {
  if (text === '') return '';
  const said = text.replaceAll(/(?<=^|\s)[-\u2013\u2014]{1,2}(?=since\b)/gi, '');
  return ` ${/^(?:by|since)\b/i.test(said) ? '' : 'for '}${cut(redact(said), 100)}`;
}

function nothing(page: number, text: string): Answer {
  const about = aboutOf(text);
  return {
    kind: 'list',
    title: page === 1 ? `Nothing was found${about}.` : `There is no page ${page}${about}.`,
    lines: /(?:^|\s)@\S/.test(text) ? [{ text: noMention }] : [],
  };
}

/** What happened in an incident, from the first signal to the lesson, as somebody may see it. */
export async function incidentFor(
  context: WorkflowContext,
  { word, number, report }: { readonly word: string; readonly number?: number; readonly report?: true },
  { actor, requestKey }: { readonly actor: Actor; readonly requestKey: string },
): Promise<Answer> {
  if (word === '')
    return notUnderstood(
      'Say which: /remediate incident and the number that is in the message that heads its thread.',
    );
  const story = number === undefined ? undefined : await context.store.story(number);
  if (story === undefined || !(await maySee(context, story, actor)))
    return notUnderstood(
      `There is no incident "${cut(redact(word), 40)}" that you may see. Its number is in the message that heads its thread.`,
    );
  const { thread } = story;
  if (report !== undefined) return reportFor(context, story, requestKey);
  return {
    kind: 'list',
    title: storyHead(story),
    lines: [
      ...(thread === undefined ? [] : [{ text: 'Its thread', link: thread }]),
      ...momentsOf(story).map(({ at, text, ...rest }) => ({
        text: `${clockTime(at, story.beganAt)}  ${text}`,
        ...rest,
      })),
      ...(thread === undefined || story.number === undefined
        ? []
        : [
            { text: `/remediate incident ${story.number} report puts all of this into its thread as a file` },
          ]),
    ],
  };
}

/** Into the thread, where who may see the incident's messages may see it as well. */
async function reportFor(
  { store }: WorkflowContext,
  { id, thread, number }: Story,
  requestKey: string,
): Promise<Answer> {
  const name = number === undefined ? 'This incident' : `Incident ${number}`;
  if (thread === undefined)
    return notUnderstood(
      `${name} has no thread to put a report into. Try: firebreak incident ${number ?? ''}`,
    );
  await store.promiseReport(id, requestKey);
  return {
    kind: 'list',
    title: `The report of ${name.toLowerCase()} follows in its thread.`,
    lines: [{ text: 'Its thread', link: thread }],
  };
}

/** Who may see one of its remediations; of alerts alone, whoever may see anything. */
async function maySee(
  context: WorkflowContext,
  { chapters, others = [] }: Story,
  actor: Actor,
): Promise<boolean> {
  // Who may see what another version has written is not known here.
  if (others.length > 0 && !letsAllAskAll(context.policy())) return false;
  if (chapters.length === 0) return true;
  const rights = await Promise.all(
    chapters.map(({ remediation }) => rightToSee(context, remediation, actor, 'gate')),
  );
  return rights.every(({ kind }) => kind === 'allowed');
}
