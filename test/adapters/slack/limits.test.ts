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
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe('Slack takes', () => {
  it.each<[string, object[]]>([
    ['a header of 150', [header(150)]],
    ['a section of 3000', [section(3000)]],
    ['ten fields of 900', [{ type: 'section', fields: times(10, () => mrkdwn(900)) }]],
    ['fifty blocks', times(50, () => section(1))],
    ['25 buttons', [actions(...times(25, (index) => button({ action_id: `a${index}` })))]],
    ['a value of 2000', [actions(button({ value: 'x'.repeat(2000) }))]],
    ['10 000 characters in all', times(4, () => section(2500))],
  ])('%s', (_name, blocks) => {
    expect(faultsOf(blocks)).toEqual([]);
  });
});

describe('Slack refuses', () => {
  it.each<[string, object[], RegExp]>([
    ['no blocks', [], /^\/:/],
    ['51 blocks', times(51, () => section(1)), /^\/:/],
    ['a header of 151', [header(151)], /^\/0\/text\/text:/],
    ['an empty header', [header(0)], /^\/0\/text\/text:/],
    ['a header in mrkdwn', [{ type: 'header', text: mrkdwn(5) }], /^\/0\/text/],
    ['a section of 3001', [section(3001)], /^\/0\/text\/text:/],
    ['a section of nothing', [{ type: 'section' }], /text or fields/],
    ['11 fields', [{ type: 'section', fields: times(11, () => mrkdwn(1)) }], /^\/0\/fields:/],
    ['a field of 2001', [{ type: 'section', fields: [mrkdwn(2001)] }], /^\/0\/fields\/0/],
    ['11 context elements', [{ type: 'context', elements: times(11, () => mrkdwn(1)) }], /^\/0\/elements:/],
    ['26 buttons', [actions(...times(26, (index) => button({ action_id: `a${index}` })))], /^\/0\/elements:/],
    ['a label of 76', [actions(button({ text: plain(76) }))], /text/],
    ['a value of 2001', [actions(button({ value: 'x'.repeat(2001) }))], /value/],
    [
      'a label for readers of 76',
      [actions(button({ accessibility_label: 'x'.repeat(76) }))],
      /accessibility_label/,
    ],
    ['a style of its own', [actions(button({ style: 'green' }))], /style/],
    ['two buttons of one id', [actions(button(), button())], /unique/],
    [
      'two primary buttons',
      [actions(button({ style: 'primary' }), button({ action_id: 'b', style: 'primary' }))],
      /primary/,
    ],
    ['a question of 101', [actions(button({ confirm: confirm({ title: plain(101) }) }))], /title/],
    ['a question of 301', [actions(button({ confirm: confirm({ text: plain(301) }) }))], /text/],
    ['an answer of 31', [actions(button({ confirm: confirm({ confirm: plain(31) }) }))], /confirm/],
    [
      'two blocks of one id',
      [
        { ...section(1), block_id: 'b' },
        { ...section(1), block_id: 'b' },
      ],
      /block_id/,
    ],
    ['a block id of 256', [{ ...section(1), block_id: 'b'.repeat(256) }], /block_id/],
    ['more than 10 000 characters', times(5, () => section(2001)), /10000/],
    ['a kind of block that we do not send', [{ type: 'table', rows: [] }], /^\/0\/type:/],
  ])('%s', (_name, blocks, fault) => {
    expect(faultsOf(blocks).join('\n')).toMatch(fault);
  });

  it.each<[string, object]>([
    ['a dialog title of 25', { type: 'modal', title: plain(25), blocks: [section(1)] }],
    ['a dialog of 101 blocks', { type: 'modal', title: plain(5), blocks: times(101, () => section(1)) }],
    ['a dialog of nothing', { type: 'modal', title: plain(5), blocks: [] }],
    ['a dialog over 250 kB', { type: 'modal', title: plain(5), blocks: times(100, () => section(2600)) }],
  ])('%s', (_name, view) => {
    expect(modalFaultsOf(view)).not.toEqual([]);
  });
});
