import type { ChatPostMessageArguments, ChatUpdateArguments, WebClient } from '@slack/web-api';
import type { Chat, Content, Delivered, Log, Post } from '../../workflow/ports.ts';
import { keyed, type Rendered } from './blocks.ts';
import { directMessage, endMessage, shortDirect, shortEnd } from './cards/end.ts';
import { incidentCard, shortIncident } from './cards/incident.ts';
import { partMessage, plainPart } from './cards/part.ts';
import { policyCard } from './cards/policy.ts';
import { remediationCard, shortCard } from './cards/remediation.ts';
import { replyMessage, shortReply } from './cards/reply.ts';
import { shortStorm, stormCard } from './cards/storm.ts';
import type { Fetch } from './clients.ts';
import { type CodeStyle, withCodeStyle } from './code-style.ts';
import {
  type Fault,
  isOfThread,
  postOutcome,
  readFault,
  removeOutcome,
  searchOutcome,
  updateOutcome,
  wantsLess,
} from './faults.ts';
import { type ChartedPost, drawn, isCharted, postPictures } from './files/charts.ts';
import { isReport, postReport, reportInWords, shortReport } from './files/report.ts';
import { type Upload, wantsWords } from './files/share.ts';
import { findMessages } from './find.ts';
import { faultsOf } from './limits.ts';
import type { Identity } from './startup.ts';
import { escapeMrkdwn } from './text.ts';

const eventType = 'firebreak';

/**
 * The Chat port on Slack's Web API. Every call is made once: repeating is the outbox's business, which knows what
 * an ambiguous answer means. A message that Slack finds too long or malformed is sent again at once in short form.
 */
export function createChat(
  client: WebClient,
  self: Identity,
  log: Log,
  { codeStyle, fetch }: { readonly codeStyle: CodeStyle; readonly fetch: Fetch },
): Chat {
  const upload = { client, self, fetch };
  const stopped = 'Stopped while Slack was being asked.';
  const place = { log, workspaceUrl: self.url, instead: async () => undefined };
  return {
    post: (post, signal) =>
      abortable(
        signal,
        { kind: 'unknown', reason: stopped },
        async () =>
          (await asFiles(upload, post, { codeStyle, signal, log })) ??
          deliver(
            post,
            (rendered) => postOnce(client, post, withCodeStyle(rendered, codeStyle)),
            (fault) => softly(post, postOutcome(fault)),
            { ...place, instead: () => asPictures(upload, post, signal, log) },
          ),
      ),
    // A file that is there says all it will ever say, and so do charts.
    update: async (post, signal) =>
      isReport(post) || isCharted(post)
        ? taken(post.channel, post.ts)
        : abortable(signal, { kind: 'unknown', reason: stopped }, () =>
            deliver(
              post,
              (rendered) => updateOnce(client, post, withCodeStyle(rendered, codeStyle)),
              updateOutcome,
              place,
            ),
          ),
    find: (place, since, signal) =>
      findMessages(client, self, place, since, signal).catch((error: unknown) => {
        const fault = readFault(error);
        return isOfThread(fault) ? [] : searchOutcome(fault);
      }),
    remove: async ({ channel, ts }, signal) => {
      signal.throwIfAborted();
      return client.chat.delete({ channel, ts }).then(
        () => ({ kind: 'removed' }),
        (error: unknown) => removeOutcome(readFault(error)),
      );
    },
  };
}

/** What is not a message of blocks there: a report, and charts where nothing shows Slack's own. Undefined: say it in words. */
async function asFiles(
  upload: Upload,
  post: Post,
  { codeStyle, signal, log }: { codeStyle: CodeStyle; signal: AbortSignal; log: Log },
): Promise<Delivered | undefined> {
  if (isReport(post)) return inFiles(post, log, () => postReport(upload, post, signal));
  return codeStyle === 'fenced' ? undefined : asPictures(upload, post, signal, log);
}

/** A reply's charts as pictures; undefined where it has none, or they are to be said in words. */
async function asPictures(
  upload: Upload,
  post: Post,
  signal: AbortSignal,
  log: Log,
): Promise<Delivered | undefined> {
  if (!isCharted(post)) return undefined;
  const pictures = await drawnOr(post, log);
  return pictures && inFiles(post, log, () => postPictures(upload, post, pictures, signal));
}

/** A picture is an addition to words: where none can be drawn they are said without it. */
async function drawnOr(post: ChartedPost, log: Log) {
  try {
    return await drawn(post);
  } catch (fault) {
    log.error({ key: post.key, fault: String(fault) }, 'A chart could not be drawn; it is said in words');
    return undefined;
  }
}

async function inFiles(
  { key }: Post,
  log: Log,
  share: () => Promise<Delivered>,
): Promise<Delivered | undefined> {
  try {
    return await share();
  } catch (error) {
    const fault = readFault(error);
    if (!wantsWords(fault)) return postOutcome(fault);
    log.warn({ key, reason: fault.reason }, 'Slack takes no file; it is said in words');
    return undefined;
  }
}

/**
 * A direct message is a courtesy. Who takes none (`cannot_dm_bot`, `user_disabled`, `missing_scope` ...) gets none: nobody else
 * reads it in their place, and no other message waits for it. A person's id in the place of a channel's is their conversation
 * with the app, for which `chat:write` is enough (docs.slack.dev, "chat.postMessage").
 */
const softly = ({ content }: Post, outcome: Delivered): Delivered =>
  content.kind === 'direct' && outcome.kind === 'withheld'
    ? { kind: 'refused', reason: outcome.reason }
    : outcome;

type Attempt = (rendered: Rendered) => Promise<Delivered>;

/** Full form first; what there is instead, or the short form, when ours breaks a limit we know of, or Slack says it is too much. */
async function deliver(
  post: Post,
  attempt: Attempt,
  outcome: (fault: Fault) => Delivered,
  {
    log,
    workspaceUrl,
    instead,
  }: {
    readonly log: Log;
    readonly workspaceUrl: string | undefined;
    readonly instead: () => Promise<Delivered | undefined>;
  },
): Promise<Delivered> {
  const full = render(post.content, workspaceUrl);
  const broken = faultsOf(blocksOf(full, post.key, 0));
  if (broken.length === 0) {
    const answer = await once(attempt, full);
    if (answer.fault === undefined) return answer.delivered;
    if (!wantsLess(answer.fault)) return outcome(answer.fault);
    log.warn(
      { key: post.key, reason: answer.fault.reason },
      'Slack refused a message; its short form is sent',
    );
  } else {
    log.error({ key: post.key, broken }, 'A message breaks the limits of Slack; its short form is sent');
  }
  const other = await instead();
  if (other !== undefined) return other;
  const answer = await once(attempt, renderShort(post.content));
  return answer.fault === undefined ? inShort(answer.delivered, post.content) : outcome(answer.fault);
}

/** A part is whole in its plainer form, too. */
function inShort(delivered: Delivered, { kind }: Content): Delivered {
  return delivered.kind === 'sent' && kind !== 'part' ? { ...delivered, short: true } : delivered;
}

type Once = { readonly fault?: undefined; readonly delivered: Delivered } | { readonly fault: Fault };

async function once(attempt: Attempt, rendered: Rendered): Promise<Once> {
  try {
    return { delivered: await attempt(rendered) };
  } catch (error) {
    return { fault: readFault(error) };
  }
}

/** The content's full form. */
function render(content: Content, workspaceUrl: string | undefined): Rendered {
  switch (content.kind) {
    case 'card':
      return remediationCard(content, workspaceUrl);
    case 'incident':
      return incidentCard(content);
    case 'direct':
      return directMessage(content, workspaceUrl);
    case 'storm':
      return stormCard(content);
    case 'policy':
      return policyCard(content.proposal);
    case 'end':
      return endMessage(content);
    case 'report':
      return reportInWords(content);
    case 'reply':
      return replyMessage(content);
    case 'part':
      return partMessage(content);
  }
}

function renderShort(content: Content): Rendered {
  switch (content.kind) {
    case 'card':
      return shortCard(content);
    case 'incident':
      return shortIncident(content);
    case 'direct':
      return shortDirect(content);
    case 'storm':
      return shortStorm(content);
    case 'policy':
      return policyCard(content.proposal);
    case 'end':
      return shortEnd(content);
    case 'report':
      return shortReport(content);
    case 'reply':
      return shortReply(content);
    case 'part':
      return plainPart(content);
  }
}

function revision(content: Content): number {
  switch (content.kind) {
    case 'card':
      return content.remediation.version;
    case 'incident':
      return content.incident.version;
    case 'direct':
    case 'storm':
    case 'policy':
    case 'end':
    case 'report':
    case 'reply':
    case 'part':
      return 0;
  }
}

const blocksOf = ({ blocks, charts = [] }: Rendered, key: string, number: number) =>
  keyed([...blocks, ...charts], key, number);

/** What post and update share. Nothing in our text is a link to unfold, a name to link or a mention to guess. */
function message({ key, content }: Post, rendered: Rendered) {
  return {
    text: rendered.mentioning?.mrkdwn ?? escapeMrkdwn(rendered.text),
    blocks: blocksOf(rendered, key, revision(content)),
    metadata: { event_type: eventType, event_payload: { key, revision: revision(content) } },
    parse: 'none',
    link_names: false,
  } as const;
}

async function postOnce(client: WebClient, post: Post, rendered: Rendered): Promise<Delivered> {
  const { content, threadTs } = post;
  const args: ChatPostMessageArguments = {
    ...message(post, rendered),
    channel: post.channel,
    unfurl_links: false,
    unfurl_media: false,
    ...thread(content, threadTs),
  };
  const answer = await client.chat.postMessage(args);
  return taken(answer.channel ?? post.channel, answer.ts);
}

/** Where it goes: the channel, the thread, or the thread and the channel, as a card does: people are asked to decide. */
function thread(content: Content, threadTs: string | undefined) {
  if (threadTs === undefined) return {};
  const broadcast = content.kind === 'card' || (content.kind === 'reply' && content.notice.broadcast);
  return broadcast ? { thread_ts: threadTs, reply_broadcast: true as const } : { thread_ts: threadTs };
}

async function updateOnce(
  client: WebClient,
  post: Post & { ts: string },
  rendered: Rendered,
): Promise<Delivered> {
  const args: ChatUpdateArguments = { ...message(post, rendered), channel: post.channel, ts: post.ts };
  const answer = await client.chat.update(args);
  return taken(answer.channel ?? post.channel, answer.ts ?? post.ts);
}

function taken(channel: string, ts: string | undefined): Delivered {
  return ts === undefined
    ? { kind: 'unknown', reason: 'Slack took it and did not say where.' }
    : { kind: 'sent', channel, ts };
}

/** The call's answer, or `otherwise` as soon as `signal` aborts: web-api 8 takes no signal for a single call. */
async function abortable(
  signal: AbortSignal,
  otherwise: Extract<Delivered, { kind: 'unknown' }>,
  call: () => Promise<Delivered>,
): Promise<Delivered> {
  if (signal.aborted) return { kind: 'later', afterSeconds: 0, reason: 'Stopped before Slack was asked.' };
  const { promise, resolve } = Promise.withResolvers<Delivered>();
  const stop = (): void => resolve(otherwise);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([call(), promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
