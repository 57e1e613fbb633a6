import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { DoubleMessage, Workspace } from './workspace.ts';

/** A fresh trigger of this person: for a short time, one view. */
export function newTrigger(workspace: Workspace, user: string): string {
  const trigger = `${Date.now()}.${randomUUID()}`;
  workspace.triggers.set(trigger, { user, at: Date.now(), used: false });
  return trigger;
}

/** A slash command as Slack sends it. Slack escapes `&`, `<` and `>` in `text`. */
export function slashPayload(
  workspace: Workspace,
  command: {
    readonly user: string;
    readonly text: string;
    readonly channel: string;
    readonly team: string;
    readonly responseUrl: string;
    readonly trigger: string;
  },
) {
  return {
    token: 'deprecated',
    team_id: command.team,
    team_domain: 'double',
    channel_id: command.channel,
    channel_name: 'ops',
    user_id: command.user,
    user_name: workspace.users.get(command.user)?.name ?? 'somebody',
    command: '/remediate',
    text: command.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    api_app_id: workspace.appId,
    is_enterprise_install: 'false',
    response_url: command.responseUrl,
    trigger_id: command.trigger,
  };
}

const element = z.object({
  type: z.string(),
  action_id: z.string(),
  value: z.string().optional(),
  text: z.json(),
});
const actionsBlock = z.object({
  type: z.literal('actions'),
  block_id: z.string().optional(),
  elements: z.array(element),
});

/** The button with this action id on a message, or undefined if the message has none. */
export function buttonOn(message: DoubleMessage, actionId: string) {
  for (const block of message.blocks) {
    const parsed = actionsBlock.safeParse(block);
    const found = parsed.success
      ? parsed.data.elements.find((each) => each.action_id === actionId)
      : undefined;
    if (parsed.success && found !== undefined) return { ...found, block_id: parsed.data.block_id ?? 'b' };
  }
  return undefined;
}

/** A click as Slack sends it. In a shared channel `team` stays ours while `userTeam` is the clicker's. */
export function clickPayload(
  workspace: Workspace,
  click: {
    readonly user: string;
    readonly userTeam: string;
    readonly message: DoubleMessage;
    readonly actionId: string;
    readonly value: string;
    readonly responseUrl: string;
    readonly trigger: string;
    readonly chosen?: readonly string[];
  },
) {
  const { message } = click;
  const button = buttonOn(message, click.actionId);
  return {
    type: 'block_actions',
    team: { id: workspace.teamId, domain: 'double' },
    user: {
      id: click.user,
      username: click.user.toLowerCase(),
      name: click.user.toLowerCase(),
      team_id: click.userTeam,
    },
    api_app_id: workspace.appId,
    token: 'deprecated',
    container: { type: 'message', message_ts: message.ts, channel_id: message.channel, is_ephemeral: false },
    trigger_id: click.trigger,
    channel: { id: message.channel, name: 'ops' },
    message: {
      type: 'message',
      bot_id: message.bot_id,
      user: message.user,
      text: message.text,
      ts: message.ts,
      blocks: message.blocks,
    },
    response_url: click.responseUrl,
    state: { values: chosenValues(message, click.chosen ?? []) },
    enterprise: null,
    is_enterprise_install: false,
    actions: [
      {
        type: 'button',
        action_id: click.actionId,
        block_id: button?.block_id ?? 'b',
        action_ts: workspace.nextTs(),
        value: click.value,
        text: { type: 'plain_text', text: 'x' },
      },
    ],
  };
}

const selecting = z.object({
  block_id: z.string(),
  accessory: z.object({
    type: z.literal('multi_static_select'),
    action_id: z.string(),
    option_groups: z.array(z.object({ options: z.array(z.object({ text: z.json(), value: z.string() })) })),
  }),
});

/** What somebody has chosen on a message, as Slack sends it with every click on it: only what can be chosen there. */
function chosenValues(message: DoubleMessage, chosen: readonly string[]) {
  for (const block of message.blocks) {
    const { success, data } = selecting.safeParse(block);
    if (!success) continue;
    const { type, action_id, option_groups } = data.accessory;
    const options = option_groups.flatMap((group) => group.options);
    const selected = chosen.map((value) => {
      const option = options.find((each) => each.value === value);
      if (option === undefined) throw new Error(`${value} cannot be chosen on this message.`);
      return option;
    });
    return { [data.block_id]: { [action_id]: { type, selected_options: selected } } };
  }
  return {};
}

const dialog = z.object({ callback_id: z.string(), private_metadata: z.string(), submit: z.json() });

/** A dialog that is confirmed, as Slack sends it. */
export function submitPayload(
  workspace: Workspace,
  {
    user,
    userTeam,
    view,
    fields,
  }: {
    readonly user: string;
    readonly userTeam: string;
    readonly view: unknown;
    readonly fields: Readonly<Record<string, string | boolean>>;
  },
) {
  const { callback_id, private_metadata } = dialog.parse(view);
  return {
    type: 'view_submission',
    team: { id: workspace.teamId, domain: 'double' },
    user: { id: user, username: user.toLowerCase(), name: user.toLowerCase(), team_id: userTeam },
    api_app_id: workspace.appId,
    token: 'deprecated',
    trigger_id: newTrigger(workspace, user),
    view: {
      id: 'V1',
      team_id: workspace.teamId,
      type: 'modal',
      callback_id,
      private_metadata,
      blocks: [],
      state: { values: filledIn(fields) },
      hash: '1.1',
    },
    response_urls: [],
    is_enterprise_install: false,
  };
}

/** By the block of each field: a text, or whether its box is ticked. */
const filledIn = (fields: Readonly<Record<string, string | boolean>>) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      {
        [name]:
          typeof value === 'string'
            ? { type: 'plain_text_input', value }
            : { type: 'checkboxes', selected_options: value ? [{ value: name }] : [] },
      },
    ]),
  );
