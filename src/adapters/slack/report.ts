import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchFunction, WebClient } from '@slack/web-api';
import type { Content, Delivered, Post } from '../../workflow/ports.ts';
import { limits, paragraph, type Rendered, section, verbatim } from './blocks.ts';
import { type Fault, isOfChannel } from './faults.ts';
import { fileMark } from './file-mark.ts';
import { findMessages } from './find.ts';
import type { Identity } from './startup.ts';
import { clamp, escapeMrkdwn, md, oneLine } from './text.ts';

/*
 * The report of an incident as a file in its thread. Slack takes a file in three calls (docs.slack.dev/messaging/
 * working-with-files, "Uploading files"): nobody sees anything of it before the third.
 */

export type ReportContent = Extract<Content, { kind: 'report' }>;
export type ReportPost = Post & { readonly content: ReportContent };

export const isReport = (post: Post): post is ReportPost => post.content.kind === 'report';

const fileNameOf = ({ key, content }: ReportPost): string => `${content.name}${fileMark(key)}`;

/** Looks for the message that shares the file, and the pause between two of them, in milliseconds. */
const [looks, pause] = [4, 300];

/** What a file is shared with, besides the Web API. */
export interface Upload {
  readonly client: WebClient;
  readonly self: Identity;
  /** For the address that Slack names for the bytes; refuses what is not Slack's. */
  readonly fetch: FetchFunction;
}

/**
 * Shares the report in its thread. Slack shares it a moment after it has answered, and does not say where: it is looked for a
 * few times. Where the answer itself is lost the next try looks for it first, by its name.
 *
 * @throws what the Web API throws
 */
export async function postReport(
  { client, self, fetch }: Upload,
  post: ReportPost,
  signal: AbortSignal,
): Promise<Delivered> {
  const { channel, threadTs, content } = post;
  const body = content.markdown;
  const since = new Date().toISOString();
  const filename = fileNameOf(post);
  const place = await client.files.getUploadURLExternal({ filename, length: Buffer.byteLength(body) });
  const { upload_url: url, file_id: id } = place;
  if (url === undefined || id === undefined)
    return { kind: 'later', afterSeconds: 30, reason: 'Slack named no address for a file.' };
  const headers = { 'content-type': 'text/markdown; charset=utf-8' };
  const isTaken = await fetch(url, { method: 'POST', headers, body }).then(
    ({ status }) => status === 200,
    () => false,
  );
  if (!isTaken) return { kind: 'later', afterSeconds: 30, reason: 'Slack did not take the bytes of a file.' };
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
  await client.files.completeUploadExternal({
    files: [{ id, title: clamp(oneLine(content.title), 150) }],
    channel_id: channel,
    ...thread,
    initial_comment: escapeMrkdwn(clamp(oneLine(content.title), limits.fallback)),
  });
  for (let look = 0; look < looks && !signal.aborted; look += 1) {
    const [ts] = await findMessages(client, self, post, since, signal).catch(() => []);
    if (ts !== undefined) return { kind: 'sent', channel, ts };
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
  // It was taken, wherever it is: to share it once more would be worse than not to know its place.
  return { kind: 'sent', channel, ts: id };
}

/** Whether the report is said in words instead: the app may not share files, or files are not wanted there. */
export const wantsWords = (fault: Fault): boolean => fault.kind === 'refused' && !isOfChannel(fault);

/** Characters of the report that one message has room for, besides what is said around them. */
const longest = 8_000;

/** The report as text, as much of it as one message takes: for a workspace that takes no file. */
export function reportInWords({ title, markdown, command }: ReportContent): Rendered {
  const end = markdown.length <= longest ? markdown.length : markdown.lastIndexOf('\n', longest);
  const shown = markdown.slice(0, end > 0 ? end : longest);
  const left = markdown.slice(shown.length).split('\n').length - 1;
  return {
    text: clamp(oneLine(title), limits.fallback),
    blocks: [
      section(md`*${clamp(oneLine(title), 300)}*`),
      verbatim(shown),
      ...(left <= 0 ? [] : [paragraph(`${left} more lines: ${command} prints all of it.`)]),
    ],
  };
}

/** The headline alone, for when Slack refuses the words, too. */
export function shortReport({ title, command }: ReportContent): Rendered {
  const text = clamp(oneLine(`${title}: ${command} prints it.`), limits.fallback);
  return { text, blocks: [paragraph(text)] };
}
