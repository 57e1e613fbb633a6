import { describe, expect, it } from 'vitest';
import { faultsOf, modalFaultsOf } from '../../../src/adapters/slack/limits.ts';

const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length), emoji: false });
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: 'x'.repeat(length), verbatim: true });
const header = (length: number) => ({ type: 'header', text: plain(length) });
const section = (length: number) => ({ type: 'section', text: mrkdwn(length) });
const button = (more: object = {}) => ({
  type: 'button',
  text: plain(5),
  action_id: 'a',
  value: 'v',
  ...more,
});
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const confirm = (more: object) => ({
  title: plain(5),
  text: plain(5),
  confirm: plain(5),
  deny: plain(5),
  ...more,
});
const asking = (more: object) => actions(button({ confirm: confirm(more) }));
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const select = (more: object = {}, groups: object[] = [group()]) => ({
  ...section(1),
  accessory: {
    type: 'multi_static_select',
    action_id: 'a',
    placeholder: plain(5),
    option_groups: groups,
    ...more,
  },
});
const option = (text = 5, value = 5) => ({ text: plain(text), value: 'v'.repeat(value) });
const group = (label = 5, options: object[] = [option()]) => ({ label: plain(label), options });
const preformatted = (...texts: object[]) => ({ type: 'rich_text_preformatted', elements: texts });
const rich = (...elements: object[]) => ({ type: 'rich_text', elements });
const raw = (length: number) => ({ type: 'text', text: 'x'.repeat(length) });
const labels = (count: number) => times(count, (index) => `l${index}`);
const series = (name: string, at: readonly string[] = ['l0']) => ({
  name,
  data: at.map((label) => ({ label, value: 1 })),
});
const chart = (of: object[] = [series('s')], axis: object = {}, title = 'x'.repeat(5)) => ({
  type: 'data_visualization',
  title,
  chart: {
    type: 'line',
    series: of,
    axis_config: { categories: ['l0'], x_label: 'x', y_label: 'y', ...axis },
  },
});
const x = (length: number) => 'x'.repeat(length);

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
/** Exactly so many bytes of JSON, where the last text may be made longer. */
const ofBytes = <T>(size: number, of: (last: number) => T): T => of(size - bytes(of(1)) + 1);

/** What of a message has a limit, with that much of it. */
const limited: readonly (readonly [string, number, (size: number) => object[]])[] = [
  ['blocks', 50, (size) => times(size, () => section(1))],
  [
    'characters in all',
    10_000,
    (size) => [...times(4, () => section(2000)), section(Math.max(0, size - 8000))],
  ],
  [
    'bytes',
    30_000,
    (size) =>
      size === 0
        ? []
        : ofBytes(size, (last) => times(15, (at) => actions(button({ value: x(at < 14 ? 1990 : last) })))),
  ],
  ['characters of a header', 150, (size) => [header(size)]],
  ['characters of a section', 3000, (size) => [section(size)]],
  ['fields', 10, (size) => [{ type: 'section', fields: times(size, () => mrkdwn(900)) }]],
  ['characters of a field', 2000, (size) => [{ type: 'section', fields: [mrkdwn(size)] }]],
  ['context elements', 10, (size) => [{ type: 'context', elements: times(size, () => mrkdwn(1)) }]],
  ['characters of a context element', 3000, (size) => [{ type: 'context', elements: [mrkdwn(size)] }]],
  ['buttons', 25, (size) => [actions(...times(size, (index) => button({ action_id: `a${index}` })))]],
  ['characters of a button', 75, (size) => [actions(button({ text: plain(size) }))]],
  ['characters of a value', 2000, (size) => [actions(button({ value: x(size) }))]],
  ['characters of an address', 3000, (size) => [actions(button({ url: x(size) }))]],
  ['characters of a label for readers', 75, (size) => [actions(button({ accessibility_label: x(size) }))]],
  ['characters of an action id', 255, (size) => [actions(button({ action_id: x(size) }))]],
  ['characters of a block id', 255, (size) => [{ ...section(1), block_id: x(size) }]],
  ['characters of a question', 100, (size) => [asking({ title: plain(size) })]],
  ['characters of its text', 300, (size) => [asking({ text: plain(size) })]],
  ['characters of its yes', 30, (size) => [asking({ confirm: plain(size) })]],
  ['characters of its no', 30, (size) => [asking({ deny: plain(size) })]],
  ['characters of a placeholder', 150, (size) => [select({ placeholder: plain(size) })]],
  [
    'groups of options',
    100,
    (size) => [
      select(
        {},
        times(size, () => group()),
      ),
    ],
  ],
  [
    'options of a group',
    100,
    (size) => [
      select({}, [
        group(
          5,
          times(size, () => option()),
        ),
      ]),
    ],
  ],
  ['characters of a group', 75, (size) => [select({}, [group(size)])]],
  ['characters of an option', 75, (size) => [select({}, [group(5, [option(size)])])]],
  ["characters of an option's value", 150, (size) => [select({}, [group(5, [option(5, size)])])]],
  ['characters of what is preformatted', 3000, (size) => [rich(preformatted(raw(size)))]],
  ['preformatted texts beside each other', 1, (size) => [rich(...times(size, () => preformatted(raw(1))))]],
  ['characters of the title of a chart', 50, (size) => [chart([series('s')], {}, x(size))]],
  ['series of a chart', 6, (size) => [chart(times(size, (index) => series(`s${index}`)))]],
  ['characters of a series', 20, (size) => [chart([series(x(size))])]],
  ['points of a series', 20, (size) => [chart([series('s', labels(size))], { categories: labels(size) })]],
  ['characters of a label', 20, (size) => [chart([series('s', [x(size)])], { categories: [x(size)] })]],
  ['characters below the axis', 50, (size) => [chart([series('s')], { x_label: x(size) })]],
  ['characters beside the axis', 50, (size) => [chart([series('s')], { y_label: x(size) })]],
];

describe('Slack takes', () => {
  it.each(limited)('of %s up to %i', (_name, most, of) => {
    expect(faultsOf(of(most))).toEqual([]);
  });

  it.each<[string, object[]]>([
    ['two charts', [chart(), chart()]],
    ['a chart of two lines', [chart([series('a'), series('b')])]],
    ['what divides', [{ type: 'divider' }]],
    ['a choice of one', [select({ max_selected_items: 1 })]],
    [
      'one primary button',
      [actions(button({ style: 'primary' }), button({ action_id: 'b', style: 'danger' }))],
    ],
    ['two blocks without ids', [section(1), { ...section(1), block_id: 'b' }]],
    ['a section of fields alone', [{ type: 'section', fields: [mrkdwn(1)] }]],
    [
      'as many bytes as there may be',
      times(3, () => ({ type: 'header', text: { type: 'plain_text', text: 'ä'.repeat(150) } })),
    ],
  ])('%s', (_name, blocks) => {
    expect(faultsOf(blocks)).toEqual([]);
  });
});

describe('Slack refuses', () => {
  it.each(limited)('of %s more than %i, and none', (_name, most, of) => {
    expect(faultsOf(of(most + 1))).not.toEqual([]);
    expect(faultsOf(of(0))).not.toEqual([]);
  });

  it.each<[string, object[], string]>([
    ['no blocks', [], '/: '],
    ['a header in mrkdwn', [{ type: 'header', text: mrkdwn(5) }], '/0/text'],
    ['a section of nothing', [{ type: 'section' }], '/0: a section needs text or fields'],
    ['a style of its own', [actions(button({ style: 'green' }))], '/0/elements/0/style: '],
    ['two buttons of one id', [actions(button(), button())], '/0: action_id must be unique in its block'],
    [
      'two primary buttons',
      [actions(button({ style: 'primary' }), button({ action_id: 'b', style: 'primary' }))],
      '/0: at most one primary button',
    ],
    [
      'two blocks of one id',
      [
        { ...section(1), block_id: 'b' },
        { ...section(1), block_id: 'b' },
      ],
      '/: block_id must be unique in the message',
    ],
    [
      'more than 10 000 characters',
      times(5, () => section(2001)),
      '/: all texts together must be at most 10000',
    ],
    ['three charts', [chart(), chart(), chart()], '/: a message has two charts at most'],
    ['two series of one name', [chart([series('s'), series('s')])], '/0: the names of series must be unique'],
    [
      'a series that leaves out a label',
      [chart([series('a', labels(2)), series('b')], { categories: labels(2) })],
      '/0: the labels of each series must be the categories',
    ],
    [
      'more bytes than characters',
      times(50, () => ({ ...actions(button({ value: 'x'.repeat(700) })) })),
      '/: the blocks must be at most 30000 bytes',
    ],
    ['a kind of block that we do not send', [{ type: 'table', rows: [] }], '/0/type: '],
    ['a choice of none', [select({ max_selected_items: 0 })], '/0/accessory/max_selected_items: '],
    ['nothing that is preformatted', [rich(preformatted())], '/0/elements/0/elements: '],
    ['a key that we do not send', [{ ...section(1), more: 1 }], '/0: '],
  ])('%s', (_name, blocks, fault) => {
    expect(faultsOf(blocks).join('\n')).toContain(fault);
  });

  it.each<[string, () => object[]]>([
    ['a header', () => [header(5000), header(5001)]],
    ['fields', () => [{ type: 'section', fields: times(6, () => mrkdwn(1700)) }]],
    ['a context', () => [{ type: 'context', elements: times(4, () => mrkdwn(2600)) }]],
    ['what is preformatted', () => times(4, () => rich(preformatted(raw(2600))))],
    [
      'buttons',
      () =>
        times(6, (row) =>
          actions(...times(25, (index) => button({ action_id: `${row}-${index}`, text: plain(70) }))),
        ),
    ],
    ['the titles of charts', () => [...times(4, () => section(2490)), chart([series('s')], {}, x(50))]],
  ])('more than 10 000 characters that are in %s', (_name, blocks) => {
    expect(faultsOf(blocks()).join('\n')).toContain('all texts together must be at most 10000');
  });
});

const modal = (more: object = {}) => ({ type: 'modal', title: plain(5), blocks: [section(1)], ...more });
const typed = (more: object = {}, label = 5) => ({
  type: 'input',
  label: plain(label),
  element: { type: 'plain_text_input', action_id: 'a', ...more },
});
const boxes = (options: object[]) => ({
  type: 'input',
  label: plain(5),
  element: { type: 'checkboxes', action_id: 'a', options },
});

describe('of a dialog Slack takes and refuses', () => {
  it.each<[string, number, (size: number) => object]>([
    ['characters of the title', 24, (size) => modal({ title: plain(size) })],
    ['characters of the button that closes', 24, (size) => modal({ close: plain(size) })],
    ['characters of the button that sends', 24, (size) => modal({ submit: plain(size) })],
    ['characters of its id', 255, (size) => modal({ callback_id: x(size) })],
    ['blocks', 100, (size) => modal({ blocks: times(size, () => section(1)) })],
    ['characters of a label', 2000, (size) => modal({ blocks: [typed({}, size)] })],
    ['characters that may be typed', 3000, (size) => modal({ blocks: [typed({ max_length: size })] })],
    ['boxes', 10, (size) => modal({ blocks: [boxes(times(size, () => option()))] })],
    ['characters of a box', 75, (size) => modal({ blocks: [boxes([option(size)])] })],
  ])('up to %s %i', (_name, most, of) => {
    expect(modalFaultsOf(of(most))).toEqual([]);
    expect(modalFaultsOf(of(most + 1))).not.toEqual([]);
    expect(modalFaultsOf(of(0))).not.toEqual([]);
  });

  it.each<[string, number, (size: number) => object]>([
    ['characters of what it carries', 3000, (size) => modal({ private_metadata: x(size) })],
    ["characters of a box's value", 150, (size) => modal({ blocks: [boxes([option(5, size)])] })],
  ])('up to %s %i, or none', (_name, most, of) => {
    expect(modalFaultsOf(of(most))).toEqual([]);
    expect(modalFaultsOf(of(most + 1))).not.toEqual([]);
    expect(modalFaultsOf(of(0))).toEqual([]);
  });

  it('blocks of one id no, and of two yes', () => {
    const two = (...ids: string[]) => modal({ blocks: ids.map((block_id) => ({ ...section(1), block_id })) });
    expect(modalFaultsOf(two('a', 'b'))).toEqual([]);
    expect(modalFaultsOf(two('a', 'a'))).toEqual(['/blocks: block_id must be unique in the view']);
  });

  it('exactly 250 kB', () => {
    const view = (size: number) =>
      ofBytes(size, (last) => modal({ blocks: times(100, (at) => section(at < 99 ? 2425 : last)) }));
    expect(modalFaultsOf(view(250_000))).toEqual([]);
    expect(modalFaultsOf(view(250_001))).toEqual(['the view must be at most 250 kB']);
  });

  it('250 kB, whatever else is wrong with it', () => {
    const large = modal({ blocks: times(100, () => section(2600)) });
    expect(modalFaultsOf(large)).toEqual(['the view must be at most 250 kB']);
    expect(modalFaultsOf(undefined)).not.toEqual([]);
  });
});
