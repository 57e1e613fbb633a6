import { z } from 'zod';
import { faultsOf, modalFaultsOf } from '../../../../src/adapters/slack/limits.ts';
import { slackPatience } from './delivery.ts';
import { blockList, type DoubleMessage, metadata, type Workspace } from './workspace.ts';

type Params = Readonly<Record<string, string>>;
type Answer = { readonly ok: boolean; readonly [key: string]: unknown };

/** One Web API method: who may call it and what it does. `scope` names what is needed for these parameters. */
interface Method {
  readonly token: 'bot' | 'app';
  readonly scope: (workspace: Workspace, params: Params) => string | undefined;
  readonly call: (workspace: Workspace, params: Params) => Answer;
}

const no = (error: string, more: object = {}): Answer => ({ ok: false, error, ...more });
const always = (scope: string | undefined) => (): string | undefined => scope;

/** A JSON parameter of a form-encoded call. */
function parameter<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const historyScope = (workspace: Workspace, { channel = '' }: Params): string =>
  workspace.channels.get(channel)?.isPrivate === true ? 'groups:history' : 'channels:history';

/** Everything the double answers to; any other method is `unknown_method`. */
export const methods: Readonly<Record<string, Method>> = {
  'auth.test': { token: 'bot', scope: always(undefined), call: authTest },
  'apps.connections.open': { token: 'app', scope: always(undefined), call: () => ({ ok: true }) },
  'chat.postMessage': { token: 'bot', scope: always('chat:write'), call: postMessage },
  'chat.update': { token: 'bot', scope: always('chat:write'), call: update },
  'chat.delete': { token: 'bot', scope: always('chat:write'), call: remove },
  'chat.postEphemeral': { token: 'bot', scope: always('chat:write'), call: postEphemeral },
  'conversations.history': {
    token: 'bot',
    scope: historyScope,
    call: (workspace, params) => history(workspace, params, false),
  },
  'conversations.replies': {
    token: 'bot',
    scope: historyScope,
    call: (workspace, params) => history(workspace, params, true),
  },
  'files.getUploadURLExternal': { token: 'bot', scope: always('files:write'), call: uploadUrl },
  'files.completeUploadExternal': { token: 'bot', scope: always('files:write'), call: completeUpload },
  'users.info': { token: 'bot', scope: always('users:read'), call: usersInfo },
  'usergroups.list': { token: 'bot', scope: always('usergroups:read'), call: groupsList },
  'usergroups.users.list': { token: 'bot', scope: always('usergroups:read'), call: groupMembers },
  'views.open': { token: 'bot', scope: always(undefined), call: viewsOpen },
};

function authTest({ teamId, botUserId, botId }: Workspace): Answer {
  return {
    ok: true,
    url: 'https://double.slack.com/',
    team: 'Double',
    user: 'firebreak',
    team_id: teamId,
    user_id: botUserId,
    bot_id: botId,
  };
}

/** What postMessage, update and postEphemeral ask of a message; an error's name, or the parts to store. */
function parts(
  params: Params,
): { readonly error: string } | Pick<DoubleMessage, 'text' | 'blocks' | 'metadata'> {
  const text = params['text'] ?? '';
  if (text === '' && params['blocks'] === undefined) return { error: 'no_text' };
  const blocks = params['blocks'] === undefined ? [] : parameter(blockList, params['blocks']);
  if (blocks === undefined) return { error: 'invalid_blocks_format' };
  if (params['blocks'] !== undefined && faultsOf(blocks).length > 0) return { error: 'invalid_blocks' };
  const meta = params['metadata'] === undefined ? undefined : parameter(metadata, params['metadata']);
  if (params['metadata'] !== undefined && meta === undefined) return { error: 'invalid_metadata_format' };
  return { text, blocks, ...(meta === undefined ? {} : { metadata: meta }) };
}

function postMessage(workspace: Workspace, params: Params): Answer {
  const { channel: asked = '', thread_ts } = params;
  // A person's id is their conversation with the app.
  const person = workspace.users.get(asked);
  if (person?.deleted === true) return no('user_disabled');
  const channel = person === undefined ? asked : `D${asked.slice(1)}`;
  if (person === undefined && !workspace.channels.has(channel)) return no('channel_not_found');
  const made = parts(params);
  if ('error' in made) return no(made.error);
  if (made.text.length > 40_000) return no('msg_too_long');
  if (
    thread_ts !== undefined &&
    !workspace.messages.some((each) => each.channel === channel && each.ts === thread_ts)
  ) {
    return no('thread_not_found');
  }
  const message: DoubleMessage = {
    channel,
    ts: workspace.nextTs(),
    user: workspace.botUserId,
    bot_id: workspace.botId,
    reply_broadcast: params['reply_broadcast'] === 'true',
    updates: 0,
    ...(thread_ts === undefined ? {} : { thread_ts }),
    ...made,
  };
  workspace.messages.push(message);
  return { ok: true, channel, ts: message.ts, message };
}

function update(workspace: Workspace, params: Params): Answer {
  const { channel, ts = '' } = params;
  const index = workspace.messages.findIndex((each) => each.channel === channel && each.ts === ts);
  const old = workspace.messages[index];
  if (old === undefined) return no('message_not_found');
  if (old.user !== workspace.botUserId) return no('cant_update_message');
  const made = parts(params);
  if ('error' in made) return no(made.error);
  if (made.text.length > 4_000) return no('msg_too_long');
  const message = { ...old, ...made, updates: old.updates + 1 };
  workspace.messages[index] = message;
  return { ok: true, channel, ts, text: message.text, message };
}

function remove({ messages, botUserId }: Workspace, { channel = '', ts = '' }: Params): Answer {
  const index = messages.findIndex((each) => each.channel === channel && each.ts === ts);
  if (index < 0) return no('message_not_found');
  if (messages[index]?.user !== botUserId) return no('cant_delete_message');
  messages.splice(index, 1);
  return { ok: true, channel, ts };
}

function postEphemeral(workspace: Workspace, params: Params): Answer {
  const { channel = '', user = '' } = params;
  if (!workspace.channels.has(channel)) return no('channel_not_found');
  const made = parts(params);
  if ('error' in made) return no(made.error);
  workspace.tellAlone({ channel, user, text: made.text, blocks: made.blocks, via: 'postEphemeral' });
  return { ok: true, message_ts: workspace.nextTs() };
}

/** Newest first for a channel, oldest first for a thread, as Slack does; pages by `cursor`. */
function history(workspace: Workspace, params: Params, replies: boolean): Answer {
  const { channel = '', oldest = '0', cursor = '0', limit = '100', ts } = params;
  if (!workspace.channels.has(channel)) return no('channel_not_found');
  const here = workspace.messages.filter(
    (each) => each.channel === channel && Number(each.ts) >= Number(oldest),
  );
  const inThread = here.filter((each) => each.ts === ts || each.thread_ts === ts);
  const inChannel = here.filter((each) => each.thread_ts === undefined || each.reply_broadcast).toReversed();
  if (replies && !workspace.messages.some((each) => each.ts === ts)) return no('thread_not_found');
  const all = replies ? inThread : inChannel;
  const [from, size] = [Number(cursor), Math.min(Number(limit), 999)];
  const next = from + size < all.length ? String(from + size) : '';
  const messages = all
    .slice(from, from + size)
    .map((each) => withoutMetadata(each, params['include_all_metadata'] === 'true'));
  return { ok: true, messages, has_more: next !== '', response_metadata: { next_cursor: next } };
}

function withoutMetadata(message: DoubleMessage, all: boolean): object {
  const { metadata: kept, ...rest } = message;
  return all ? { type: 'message', ...rest, metadata: kept } : { type: 'message', ...rest };
}

function uploadUrl(workspace: Workspace, { filename = '', length = '', alt_txt }: Params): Answer {
  if (filename === '' || !/^[1-9]\d*$/.test(length)) return no('invalid_arguments');
  if (alt_txt !== undefined && alt_txt.length > 1000) return no('alt_txt_too_large');
  const id = `F${String(workspace.uploads.size + 1).padStart(8, '0')}`;
  const alt = alt_txt === undefined ? {} : { alt_txt };
  workspace.uploads.set(id, { id, name: filename, length: Number(length), ...alt });
  return { ok: true, file_id: id, upload_url: workspace.uploadUrl(id) };
}

const completed = z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1);

/** Shares files whose bytes have come, in a message of the bot's; an answer says nothing of the message. */
function completeUpload(workspace: Workspace, params: Params): Answer {
  const { channel_id: channel, thread_ts, initial_comment: text = '' } = params;
  const asked = parameter(completed, params['files']);
  if (asked === undefined) return no('invalid_arguments');
  const files = asked.flatMap(({ id, title }) => {
    const found = workspace.uploads.get(id);
    if (found?.bytes === undefined) return [];
    const { name, bytes, alt_txt } = found;
    const alt = alt_txt === undefined ? {} : { alt_txt };
    return [{ id, name, title: title ?? name, text: bytes.toString('utf8'), bytes, ...alt }];
  });
  if (files.length !== asked.length) return no('file_not_found');
  if (channel === undefined) return { ok: true, files };
  if (!workspace.channels.has(channel)) return no('channel_not_found');
  const isThere = workspace.messages.some((each) => each.channel === channel && each.ts === thread_ts);
  if (thread_ts !== undefined && !isThere) return no('thread_not_found');
  for (const { id } of files) workspace.uploads.delete(id);
  workspace.messages.push({
    channel,
    ts: workspace.nextTs(),
    user: workspace.botUserId,
    bot_id: workspace.botId,
    reply_broadcast: false,
    updates: 0,
    blocks: [],
    text,
    files,
    ...(thread_ts === undefined ? {} : { thread_ts }),
  });
  return { ok: true, files: files.map(({ id, title }) => ({ id, title })) };
}

/** The bytes of a file, once. */
export function takeBytes(workspace: Workspace, id: string, bytes: Buffer): number {
  const upload = workspace.uploads.get(id);
  if (upload === undefined) return 404;
  if (bytes.byteLength !== upload.length) return 400;
  workspace.uploads.set(id, { ...upload, bytes });
  return 200;
}

/** What Slack says of every user, unless they are something else. */
const fullMember = { deleted: false, is_bot: false, is_restricted: false, is_ultra_restricted: false };

function usersInfo(workspace: Workspace, { user = '' }: Params): Answer {
  const found = workspace.users.get(user);
  return found === undefined
    ? no('user_not_found')
    : { ok: true, user: { team_id: workspace.teamId, ...fullMember, ...found } };
}

function groupsList(workspace: Workspace, params: Params): Answer {
  const all = [...workspace.groups.values()].map(({ id, date_delete = 0, is_external = false }) => ({
    id,
    date_delete,
    is_external,
  }));
  return {
    ok: true,
    usergroups: all.filter((each) => params['include_disabled'] === 'true' || each.date_delete === 0),
  };
}

function groupMembers(workspace: Workspace, { usergroup = '' }: Params): Answer {
  const group = workspace.groups.get(usergroup);
  if (group === undefined || (group.date_delete ?? 0) !== 0) return no('no_such_subteam');
  return { ok: true, users: group.users };
}

/** Slack's trigger: for a short time, once. */
function viewsOpen(workspace: Workspace, params: Params): Answer {
  const trigger = workspace.triggers.get(params['trigger_id'] ?? '');
  if (trigger === undefined) return no('invalid_trigger_id');
  if (trigger.used) return no('exchanged_trigger_id');
  if (Date.now() - trigger.at > slackPatience) return no('expired_trigger_id');
  const view = parameter(z.json(), params['view']);
  const wrong = modalFaultsOf(view);
  if (view === undefined || wrong.length > 0)
    return no('invalid_arguments', { response_metadata: { messages: wrong } });
  trigger.used = true;
  workspace.views.push({ user: trigger.user, view });
  return { ok: true, view: { id: `V${workspace.views.length}` } };
}
