import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  MrkdwnElement,
  PlainTextElement,
  RichTextBlock,
  SectionBlock,
} from '@slack/types';
import type { ChartBlock } from './cards/chart.ts';
import { clamp, oneLine, type SafeMrkdwn, visible } from './text.ts';

/** Slack's limits in UTF-16 units (docs.slack.dev/reference/block-kit), with a margin where texts are joined. */
export const limits = {
  header: 150,
  text: 3000,
  field: 2000,
  fields: 10,
  contextElements: 10,
  buttonText: 75,
  accessibilityLabel: 75,
  modalTitle: 24,
  /** Slack truncates, or refuses on update, above 4000; people read 150 in a notification. */
  fallback: 300,
} as const;

/** Plain text: nothing in it is parsed, not even `:emoji:`. The safest carrier of untrusted text. */
export function plain(text: string, limit: number = limits.text): PlainTextElement {
  return { type: 'plain_text', text: clamp(visible(text).trim(), limit) || '-', emoji: false };
}

/** Mrkdwn without Slack's own linking of bare `#names`, `@here` and URLs. */
function mrkdwn(text: SafeMrkdwn, limit: number = limits.text): MrkdwnElement {
  return { type: 'mrkdwn', text: clamp(text.mrkdwn, limit) || '-', verbatim: true };
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plain(oneLine(text), limits.header) };
}

export function section(text: SafeMrkdwn): SectionBlock {
  return { type: 'section', text: mrkdwn(text), expand: true };
}

/** A paragraph of untrusted text. */
export function paragraph(text: string): SectionBlock {
  return { type: 'section', text: plain(text), expand: true };
}

/** UTF-16 units of one text element; what is longer is several of them in one block, which clients show as one. */
const elementText = 2900;

/** Text as it is, to the byte: in preformatted rich text nothing is parsed, and blanks and line ends are kept. */
export function verbatim(text: string): RichTextBlock {
  const elements = pieces(visible(text)).map((each) => ({ type: 'text' as const, text: each }));
  return { type: 'rich_text', elements: [{ type: 'rich_text_preformatted', elements }] };
}

/** The same for a server that does not take rich text: plain text, of which nothing is parsed either. */
export function verbatimPlain(text: string): SectionBlock[] {
  return pieces(visible(text)).map((each) => ({
    type: 'section',
    text: { type: 'plain_text', text: each, emoji: false },
    expand: true,
  }));
}

/** A text in pieces that Slack takes, never cut inside a character. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (let rest = text || '-'; rest !== ''; ) {
    const end = /[\uD800-\uDBFF]/.test(rest[elementText - 1] ?? '') ? elementText - 1 : elementText;
    found.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return found;
}

/** Short facts in two columns (one on a phone); at most ten. */
export function fields(items: readonly SafeMrkdwn[]): SectionBlock {
  return { type: 'section', fields: items.slice(0, limits.fields).map((item) => mrkdwn(item, limits.field)) };
}

export function context(items: readonly SafeMrkdwn[]): ContextBlock {
  return { type: 'context', elements: items.slice(0, limits.contextElements).map((item) => mrkdwn(item)) };
}

/** What a button needs. `says` is its label for screen readers; `confirm` asks once more before it is sent. */
export interface ButtonSpec {
  readonly label: string;
  readonly actionId: string;
  readonly value: string;
  readonly says: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: { readonly title: string; readonly text: string; readonly yes: string };
}

function button(spec: ButtonSpec): Button {
  return {
    type: 'button',
    text: plain(spec.label, limits.buttonText),
    action_id: spec.actionId,
    value: spec.value,
    accessibility_label: clamp(oneLine(spec.says), limits.accessibilityLabel),
    ...(spec.style === undefined ? {} : { style: spec.style }),
    ...(spec.confirm === undefined
      ? {}
      : {
          confirm: {
            title: plain(spec.confirm.title, 100),
            text: plain(spec.confirm.text, 300),
            confirm: plain(spec.confirm.yes, 30),
            deny: plain('Back', 30),
            ...(spec.style === undefined ? {} : { style: spec.style }),
          },
        }),
  };
}

export function actions(buttons: readonly ButtonSpec[]): ActionsBlock {
  return { type: 'actions', elements: buttons.map(button) };
}

/** One of what can be chosen. */
export interface Choice {
  readonly label: string;
  readonly value: string;
}

/** What Slack takes of choices: 100 in all, 75 characters each (docs.slack.dev, "Option object", "Multi-select menu element"). */
const mostChoices = 100;

/** A choice of several, in groups with a name each; at most `most` of them. `id` stays the same when the message is edited. */
export function choice(
  text: SafeMrkdwn,
  spec: {
    readonly id: string;
    readonly actionId: string;
    readonly asks: string;
    readonly groups: readonly { readonly label: string; readonly options: readonly Choice[] }[];
    readonly most: number;
  },
): SectionBlock {
  let left = mostChoices;
  const groups = spec.groups.flatMap(({ label, options }) => {
    const taken = options.slice(0, left);
    left -= taken.length;
    if (taken.length === 0) return [];
    const each = taken.map((option) => ({ text: plain(option.label, 75), value: option.value }));
    return [{ label: plain(label, 75), options: each }];
  });
  return {
    type: 'section',
    block_id: spec.id,
    text: mrkdwn(text),
    accessory: {
      type: 'multi_static_select',
      action_id: spec.actionId,
      placeholder: plain(spec.asks, 150),
      option_groups: groups,
      max_selected_items: spec.most,
    },
  };
}

/** A message ready for Slack: the sentence for notifications and screen readers, and the blocks. */
export interface Rendered {
  readonly text: string;
  /** The same sentence where it mentions somebody: a name is no plain text. */
  readonly mentioning?: SafeMrkdwn;
  readonly blocks: readonly KnownBlock[];
  /** Below them. */
  readonly charts?: readonly ChartBlock[];
}

/** Block ids that carry the outbox key, so that a message can be found again where metadata is not kept. */
export function keyed<B extends KnownBlock | ChartBlock>(
  blocks: readonly B[],
  key: string,
  revision: number,
): B[] {
  // What has an id of its own keeps it: by it a client knows what somebody has chosen there.
  return blocks.map((block, index) => ({
    ...block,
    block_id: block.block_id ?? `${blockPrefix(key)}${revision}|${index}`,
  }));
}

/** What the block ids of the message with this key begin with. */
export const blockPrefix = (key: string): string => `${clamp(key, 200)}|`;
