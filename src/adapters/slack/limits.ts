import { z } from 'zod';

/**
 * A strict reader of Block Kit for the blocks this app sends: every limit of docs.slack.dev/reference/block-kit,
 * counted in UTF-16 units (Slack does not say in which unit it counts; this is the stricter one). Kinds of block
 * and keys that it does not know are refused, so that a new kind is added here first.
 */
const text = (limit: number) => z.string().min(1).max(limit);
const id = text(255);
const plainText = (limit: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: text(limit), emoji: z.boolean().optional() });
const mrkdwnText = (limit: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: text(limit), verbatim: z.boolean().optional() });
const textObject = (limit: number) => z.discriminatedUnion('type', [plainText(limit), mrkdwnText(limit)]);
const style = z.enum(['primary', 'danger']).optional();

const confirm = z.strictObject({
  title: plainText(100),
  text: textObject(300),
  confirm: plainText(30),
  deny: plainText(30),
  style,
});

const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(75),
  action_id: id,
  value: text(2000).optional(),
  url: text(3000).optional(),
  style,
  confirm: confirm.optional(),
  accessibility_label: text(75).optional(),
});

const option = z.strictObject({ text: plainText(75), value: text(150) });

const multiSelect = z.strictObject({
  type: z.literal('multi_static_select'),
  action_id: id,
  placeholder: plainText(150),
  option_groups: z
    .array(z.strictObject({ label: plainText(75), options: z.array(option).min(1).max(100) }))
    .min(1)
    .max(100),
  max_selected_items: z.number().int().min(1).optional(),
});

const blockId = { block_id: id.optional() };

/** Of rich text only what is preformatted is sent. Slack names no limit for its texts; that of text objects is safe. */
const preformatted = z.strictObject({
  type: z.literal('rich_text_preformatted'),
  elements: z.array(z.strictObject({ type: z.literal('text'), text: text(3000) })).min(1),
});

/** Of charts only lines over time are sent. */
const chartBlock = z
  .strictObject({
    type: z.literal('data_visualization'),
    title: text(50),
    chart: z.strictObject({
      type: z.literal('line'),
      series: z
        .array(
          z.strictObject({
            name: text(20),
            data: z
              .array(z.strictObject({ label: text(20), value: z.number() }))
              .min(1)
              .max(20),
          }),
        )
        .min(1)
        .max(6),
      axis_config: z.strictObject({
        categories: z.array(text(20)).min(1).max(20),
        x_label: text(50),
        y_label: text(50),
      }),
    }),
    ...blockId,
  })
  .refine(({ chart: { series } }) => new Set(series.map(({ name }) => name)).size === series.length, {
    error: 'the names of series must be unique',
  })
  .refine(
    ({ chart: { series, axis_config: axis } }) =>
      series.every(({ data }) => data.map(({ label }) => label).join('|') === axis.categories.join('|')),
    { error: 'the labels of each series must be the categories' },
  );

const block = z.discriminatedUnion('type', [
  chartBlock,
  z.strictObject({ type: z.literal('rich_text'), elements: z.array(preformatted).length(1), ...blockId }),
  z.strictObject({ type: z.literal('header'), text: plainText(150), ...blockId }),
  z
    .strictObject({
      type: z.literal('section'),
      text: textObject(3000).optional(),
      fields: z.array(textObject(2000)).min(1).max(10).optional(),
      expand: z.boolean().optional(),
      accessory: multiSelect.optional(),
      ...blockId,
    })
    .refine(
      (section) => section.text !== undefined || section.fields !== undefined,
      'a section needs text or fields',
    ),
  z.strictObject({
    type: z.literal('context'),
    elements: z.array(textObject(3000)).min(1).max(10),
    ...blockId,
  }),
  z.strictObject({ type: z.literal('divider'), ...blockId }),
  z
    .strictObject({ type: z.literal('actions'), elements: z.array(button).min(1).max(25), ...blockId })
    .refine(
      ({ elements }) => new Set(elements.map((element) => element.action_id)).size === elements.length,
      'action_id must be unique in its block',
    )
    .refine(
      ({ elements }) => elements.filter((element) => element.style === 'primary').length <= 1,
      'at most one primary button',
    ),
]);
type Block = z.infer<typeof block>;

/** Characters in all texts of a message; `msg_blocks_too_long` was reported from about 11 300 on. */
const totalText = 10_000;
/** Bytes of the blocks as JSON; kept well under what `msg_too_large` was reported for. */
const totalBytes = 30_000;

const messageBlocks = z
  .array(block)
  .min(1)
  .max(50)
  .refine((blocks) => uniqueIds(blocks), 'block_id must be unique in the message')
  .refine(
    (blocks) => blocks.filter(({ type }) => type === 'data_visualization').length <= 2,
    'a message has two charts at most',
  )
  .refine(
    (blocks) => blocks.reduce((sum, each) => sum + textLength(each), 0) <= totalText,
    `all texts together must be at most ${totalText}`,
  )
  .refine(
    (blocks) => Buffer.byteLength(JSON.stringify(blocks)) <= totalBytes,
    `the blocks must be at most ${totalBytes} bytes`,
  );

/** A field of a dialog (docs.slack.dev, "Input block"): a text, or boxes to tick. */
const input = z.strictObject({
  type: z.literal('input'),
  block_id: id.optional(),
  optional: z.boolean().optional(),
  label: plainText(2000),
  element: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('plain_text_input'),
      action_id: id,
      multiline: z.boolean().optional(),
      max_length: z.number().int().min(1).max(3000).optional(),
      initial_value: text(3000).optional(),
    }),
    z.strictObject({
      type: z.literal('checkboxes'),
      action_id: id,
      options: z
        .array(z.strictObject({ text: plainText(75), value: z.string().max(150) }))
        .min(1)
        .max(10),
    }),
  ]),
});

const modal = z.strictObject({
  type: z.literal('modal'),
  title: plainText(24),
  close: plainText(24).optional(),
  submit: plainText(24).optional(),
  callback_id: id.optional(),
  private_metadata: z.string().max(3000).optional(),
  blocks: z
    .array(z.union([block, input]))
    .min(1)
    .max(100)
    .refine((blocks) => uniqueIds(blocks), 'block_id must be unique in the view'),
});

function uniqueIds(blocks: readonly { readonly block_id?: string | undefined }[]): boolean {
  const ids = blocks.flatMap((each) => each.block_id ?? []);
  return new Set(ids).size === ids.length;
}

function textLength(each: Block): number {
  switch (each.type) {
    case 'header':
      return each.text.text.length;
    case 'section':
      return (
        (each.text?.text.length ?? 0) + (each.fields ?? []).reduce((sum, field) => sum + field.text.length, 0)
      );
    case 'context':
      return each.elements.reduce((sum, element) => sum + element.text.length, 0);
    case 'actions':
      return each.elements.reduce((sum, element) => sum + element.text.text.length, 0);
    case 'rich_text':
      return each.elements
        .flatMap(({ elements }) => elements)
        .reduce((sum, element) => sum + element.text.length, 0);
    case 'data_visualization':
      return each.title.length;
    case 'divider':
      return 0;
  }
}

/** What is wrong with the blocks of a message, with a path to each fault; empty when Slack will take them. */
export function faultsOf(blocks: unknown): readonly string[] {
  return told(messageBlocks.safeParse(blocks));
}

/** What is wrong with a modal. */
export function modalFaultsOf(view: unknown): readonly string[] {
  const size = Buffer.byteLength(JSON.stringify(view) ?? '');
  return [...told(modal.safeParse(view)), ...(size > 250_000 ? ['the view must be at most 250 kB'] : [])];
}

function told(parsed: z.ZodSafeParseResult<unknown>): readonly string[] {
  return parsed.success
    ? []
    : parsed.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`);
}
