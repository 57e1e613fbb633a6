import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Delivered, Post } from '../../../workflow/ports.ts';
import type { Fetch } from '../clients.ts';
import { type Fault, isOfChannel } from '../faults.ts';
import { findMessages } from '../find.ts';
import type { Identity } from '../startup.ts';
import { clamp, oneLine } from '../text.ts';
import { fileMark } from './mark.ts';

/*
 * Files in a thread. Slack takes each in three calls (docs.slack.dev/messaging/working-with-files, "Uploading files"): nobody sees
 * anything of them before the third, which shares all of them in one message.
 */

/** What files are shared with, besides the Web API. */
export interface Upload {
  readonly client: WebClient;
  readonly self: Identity;
  /** For the address that Slack names for the bytes; refuses what is not Slack's. */
  readonly fetch: Fetch;
}

/** `name`: without its mark and its type. `alt`: of a picture, for screen readers. */
export interface ToShare {
  readonly name: string;
  readonly type: 'md' | 'png';
  readonly title: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly alt?: string;
}

const mediaTypes = { md: 'text/markdown; charset=utf-8', png: 'image/png' } as const;

/** Characters of a picture's description that Slack takes (docs.slack.dev, "files.getUploadURLExternal"). */
const longestAlt = 1000;

/** Looks for the message that shares the files, and the pause between two of them, in milliseconds. */
const [looks, pause] = [4, 300];

/**
 * Shares files in one message. Slack shares them a moment after it has answered, and does not say where: it is looked for a few
 * times. Where the answer itself is lost the next try looks for it first, by their names.
 *
 * @param comment mrkdwn, escaped
 * @throws what the Web API throws
 */
export async function shareFiles(
  upload: Upload,
  post: Post,
  files: readonly ToShare[],
  comment: string,
  signal: AbortSignal,
): Promise<Delivered> {
  const { channel, threadTs } = post;
  const { client, self } = upload;
  const since = new Date().toISOString();
  const taken: { readonly id: string; readonly title: string }[] = [];
  for (const file of files) {
    const given = await give(upload, post.key, file, signal);
    if (given === undefined) return notBegun;
    if ('reason' in given) return { kind: 'later', afterSeconds: 30, reason: given.reason };
    taken.push({ id: given.id, title: clamp(oneLine(file.title), 150) });
  }
  const [first, ...others] = taken;
  if (first === undefined) throw new Error('There is no file to share.');
  if (signal.aborted) return notBegun;
  await client.files.completeUploadExternal({
    files: [first, ...others],
    channel_id: channel,
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    initial_comment: comment,
  });
  for (let look = 0; look < looks && !signal.aborted; look += 1) {
    const [ts] = await findMessages(client, self, post, since, signal).catch(() => []);
    if (ts !== undefined) return { kind: 'sent', channel, ts };
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
  // It was taken, wherever it is: to share it once more would be worse than not to know its place.
  return { kind: 'sent', channel, ts: first.id };
}

/** What nobody sees yet is done again from the start: whoever was told that this was broken off may be at it already. */
const notBegun: Delivered = { kind: 'later', afterSeconds: 0, reason: 'Stopped before a file was shared.' };

/** Gives Slack the bytes of a file: its id, or why it has none; undefined where it was broken off. */
async function give(
  { client, fetch }: Upload,
  key: string,
  { name, type, body, alt }: ToShare,
  signal: AbortSignal,
): Promise<{ readonly id: string } | { readonly reason: string } | undefined> {
  if (signal.aborted) return undefined;
  // `alt_txt` is what the method takes; the types of the SDK have another name for it.
  const asked = {
    filename: `${name}${fileMark(key)}.${type}`,
    length: body.byteLength,
    ...(alt === undefined ? {} : { alt_txt: clamp(oneLine(alt), longestAlt) }),
  };
  const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal(asked);
  if (url === undefined || id === undefined) return { reason: 'Slack named no address for a file.' };
  if (signal.aborted) return undefined;
  const headers = { 'content-type': mediaTypes[type] };
  const isTaken = await fetch(url, { method: 'POST', headers, body }).then(
    ({ status }) => status === 200,
    () => false,
  );
  return isTaken ? { id } : { reason: 'Slack did not take the bytes of a file.' };
}

/** Whether it is said in words instead: the app may not share files, or files are not wanted there. */
export const wantsWords = (fault: Fault): boolean => fault.kind === 'refused' && !isOfChannel(fault);
