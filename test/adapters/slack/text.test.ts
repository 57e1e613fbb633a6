import type { KnownBlock } from '@slack/types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { section, verbatim } from '../../../src/adapters/slack/blocks.ts';
import { codeStyleOf, withCodeStyle } from '../../../src/adapters/slack/code-style.ts';
import {
  clamp,
  code,
  codeBlock,
  escapeMrkdwn,
  group,
  lines,
  linked,
  listed,
  md,
  oneLine,
  person,
  unescapeMrkdwn,
  visible,
} from '../../../src/adapters/slack/text.ts';

describe('mrkdwn', () => {
  it.each([
    ['mentions', md`*Who* ${'<!channel> & <@U1>'}`.mrkdwn, '*Who* &lt;!channel&gt; &amp; &lt;@U1&gt;'],
    ['an address', md`${'see https://git.example/a/_b_c/~d'}`.mrkdwn, 'see https://git.example/a/_b_c/~d'],
    [
      'an address with words after it',
      md`${'http://git.example/_b_ is there'}`.mrkdwn,
      'http://git.example/_b_ is there',
    ],
    ['two signs that nothing closes', md`${'**x'}`.mrkdwn, '**x'],
    ['bold beside an address', md`${'https://a.example *x*'}`.mrkdwn, 'https://a.example \u2217x*'],
    ['bold', md`a ${'*Approved* by alice'}`.mrkdwn, 'a \u2217Approved* by alice'],
    ['italics', md`${'so _it_ is'}`.mrkdwn, 'so \u02cdit_ is'],
    ['what is struck', md`${'(~x~)'}`.mrkdwn, '(\u223cx~)'],
    ['code', md`${'a `b` ```c```'}`.mrkdwn, "a 'b' '''c'''"],
    ['bold italics', md`${'*_x_*'}`.mrkdwn, '\u2217\u02cdx_*'],
    ['two signs of which one is closed', md`${'*_x*'}`.mrkdwn, '\u2217\u02cdx*'],
    ['a sign alone', md`${'app=* or ~3 or _x'}`.mrkdwn, 'app=* or ~3 or _x'],
    ['signs inside words', md`${'kube_pod_info a*b*c'}`.mrkdwn, 'kube_pod_info a*b*c'],
    ['line breaks', md`a ${'one\r\n\n two\tthree'}`.mrkdwn, 'a one two three'],
    [
      'what is not seen',
      md`${'\u202egnp\u202c.\u200bexe\u0007 \u001b[31mred\u001b[0m'}`.mrkdwn,
      'gnp.exe red',
    ],
    ['numbers', md`${3} of ${4}`.mrkdwn, '3 of 4'],
    ['what is checked already', md`by ${person('U0BOB')}`.mrkdwn, 'by <@U0BOB>'],
    ['a user id that is none', person('U1> <!channel').mrkdwn, 'U1&gt; &lt;!channel'],
    ['a group id that is none', group('here').mrkdwn, 'here'],
    ['a group', group('S0OPS').mrkdwn, '<!subteam^S0OPS>'],
    ['backticks in code', code('`rm` <x>').mrkdwn, "`'rm' &lt;x&gt;`"],
    ['empty code', code(' \n').mrkdwn, ''],
    ['fences in a code block', codeBlock('a\n```\n<!here>', 100).mrkdwn, "```\na\n'''\n&lt;!here&gt;\n```"],
    ['a user id of an organisation', person('W0BOB').mrkdwn, '<@W0BOB>'],
    ['a user id in small letters', person('U0bob').mrkdwn, 'U0bob'],
    ['what only ends like a user id', person('x U0BOB').mrkdwn, 'x U0BOB'],
    ['what only ends like a group id', group('x S0OPS').mrkdwn, 'x S0OPS'],
    ['what only begins like a group id', group('S0OPS>').mrkdwn, 'S0OPS&gt;'],
    ['a code block with blanks around', codeBlock('  a\n\nb\n \n', 100).mrkdwn, '```\n  a\n\nb\n```'],
    ['an empty list', listed([]).mrkdwn, ''],
    ['a list of one', listed([md`a`]).mrkdwn, 'a'],
    ['a list of two', listed([md`a`, md`b`]).mrkdwn, 'a and b'],
    ['a list', listed([md`a`, md`b`, md`c`]).mrkdwn, 'a, b and c'],
    [
      'too many lines',
      lines(
        Array.from({ length: 9 }, () => md`0123456789`),
        80,
      ).mrkdwn,
      '0123456789\n0123456789\n0123456789\n… and 6 more',
    ],
  ])('makes %s harmless', (_name, made, wanted) => {
    expect(made).toBe(wanted);
  });

  it.each([
    ['blanks and lines', 'a\tb\nc', 'a\tb\nc'],
    ['lines of another system', 'a\r\nb\rc', 'a\nbc'],
    ['separators of lines', 'a\u2028b\u2029c', 'abc'],
    ['half a character', 'a\uD800b', 'a\uFFFDb'],
  ])('of %s shows what is seen', (_name, text, seen) => {
    expect(visible(text)).toBe(seen);
  });

  it.each([
    ['one piece that fits', ['x'.repeat(39)], 80, 'x'.repeat(39)],
    ['one piece too long', ['x'.repeat(40)], 80, '… and 1 more'],
    ['two that fit', ['x'.repeat(19), 'y'.repeat(19)], 80, `${'x'.repeat(19)}\n${'y'.repeat(19)}`],
    ['two of which one fits', ['x'.repeat(19), 'y'.repeat(20)], 80, `${'x'.repeat(19)}\n… and 1 more`],
    ['none', [], 80, ''],
    [
      'as many as there is room for in a section',
      Array.from({ length: 30 }, () => 'x'.repeat(109)),
      undefined,
      `${Array.from({ length: 26 }, () => 'x'.repeat(109)).join('\n')}\n… and 4 more`,
    ],
  ])('lines of %s', (_name, pieces, limit, made) => {
    expect(
      lines(
        pieces.map((each) => md`${each}`),
        limit,
      ).mrkdwn,
    ).toBe(made);
  });

  const long = 'x'.repeat(100);
  it.each([
    ['as long as there is room', 'x'.repeat(42), 'x'.repeat(42)],
    ['one line too long', long, `…\n${'x'.repeat(38)}`],
    ['a line that ends near the beginning', `${long}\n${'y'.repeat(30)}`, `…\n${'y'.repeat(30)}`],
    [
      'a line that ends near the end',
      `${long}\n${'y'.repeat(10)}`,
      `…\n${'x'.repeat(27)}\n${'y'.repeat(10)}`,
    ],
  ])('a code block of 50 characters, of %s', (_name, text, inner) => {
    expect(codeBlock(text, 50).mrkdwn).toBe(`\`\`\`\n${inner}\n\`\`\``);
  });

  const at = { channel: 'C0OPS', ts: '1700000000.000100' };
  const url = 'https://acme.slack.com/';
  const link = ` <${url}archives/C0OPS/p1700000000000100|thread>`;
  it.each<[string, typeof at | undefined, string | undefined, string]>([
    ['a place', at, url, link],
    [
      'a place of a server of its own',
      at,
      'http://127.0.0.1:3111/',
      link.replace(url, 'http://127.0.0.1:3111/'),
    ],
    ['no place', undefined, url, ''],
    ['no workspace', at, undefined, ''],
    ['a channel that is none', { ...at, channel: 'C0>|x' }, url, ''],
    ['a channel with something before it', { ...at, channel: 'x C0OPS' }, url, ''],
    ['a time that is none', { ...at, ts: '17' }, url, ''],
    ['a time with something behind it', { ...at, ts: `${at.ts}|x` }, url, ''],
    ['a time with something before it', { ...at, ts: `x${at.ts}` }, url, ''],
    ['a workspace that is no address', at, 'javascript:alert(1)/', ''],
    ['a workspace with something before it', at, `x${url}`, ''],
    ['a workspace with a path', at, `${url}x/y`, ''],
  ])('links to %s', (_name, place, workspace, made) => {
    expect(linked(place, workspace).mrkdwn).toBe(made);
  });

  it('cuts at whole characters, with an ellipsis', () => {
    expect(clamp('abcdef', 6)).toBe('abcdef');
    expect(clamp('abcdefg', 6)).toBe('abcde…');
    expect(clamp('𝒳𝒳𝒳𝒳', 6)).toBe('𝒳𝒳…');
    expect(clamp('𝒳𝒳𝒳𝒳', 5)).toBe('𝒳𝒳…');
    expect(clamp('abcd  efg', 6)).toBe('abcd…');
    expect(clamp('', 0)).toBe('');
  });

  it('keeps the end of a long code block, in whole lines, within its room', () => {
    const log = Array.from({ length: 500 }, (_, index) => `line ${index} <&>`).join('\n');
    const { mrkdwn } = codeBlock(log, 2500);
    expect(mrkdwn.length).toBeLessThanOrEqual(2500);
    expect(mrkdwn.length).toBeGreaterThan(2000);
    expect(mrkdwn).toMatch(/^```\n…\nline \d+ (?:.|\n)*line 499 &lt;&amp;&gt;\n```$/);
  });

  it('stays within any room, for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 4000 }),
        fc.integer({ min: 20, max: 3000 }),
        (text, room) => {
          expect(codeBlock(text, room).mrkdwn.length).toBeLessThanOrEqual(room);
          expect(clamp(text, room).length).toBeLessThanOrEqual(room);
          expect(oneLine(text)).not.toMatch(/[\r\n]/);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives a command back as it was typed', () => {
    const unit = fc.constantFrom('&', '<', '>', '&amp;', '&lt;', '&gt;', 'amp;', 'lt;', 'x');
    fc.assert(fc.property(fc.string({ unit }), (text) => unescapeMrkdwn(escapeMrkdwn(text)) === text));
    expect(unescapeMrkdwn('&amp;lt;a&amp;gt; &lt;b&gt; &amp;amp;')).toBe('&lt;a&gt; <b> &amp;');
  });
});

describe('the code style', () => {
  it.each([
    [undefined, 'fenced'],
    ['https://slack.com/api/', 'fenced'],
    ['https://slack-gov.com/api/', 'fenced'],
    ['https://acme.slack.com/api/', 'fenced'],
    ['https://acme.enterprise.slack.com/', 'fenced'],
    ['https://evilslack.com/api/', 'spans'],
    ['http://slack.com/api/', 'spans'],
    ['https://slack.com.evil.example/', 'spans'],
    ['https://slack.com', 'spans'],
    ['https://evil.example/https://slack.com/', 'spans'],
    ['http://127.0.0.1:3111/api/', 'spans'],
  ])('of %s is %s', (url, codeStyle) => {
    expect(codeStyleOf(url)).toBe(codeStyle);
  });

  it('keeps the caret under its word where no fenced code is known', () => {
    const rendered = {
      text: 't',
      blocks: [section(codeBlock('get pods | x\n         ^\n\nTry: a', 100)), section(md`plain`)],
    };
    const [block, other] = withCodeStyle(rendered, 'spans').blocks;
    expect(block).toMatchObject({
      text: { text: `\`get pods | x\`\n\`${'\u00a0'.repeat(9)}^\`\n\n\`Try: a\`` },
    });
    expect(other).toEqual(rendered.blocks[1]);
    expect(withCodeStyle(rendered, 'fenced')).toEqual(rendered);
  });

  it('keeps the last lines of a long block', () => {
    const long = {
      text: 't',
      blocks: [section(codeBlock(Array.from({ length: 1200 }, () => 'x').join('\n'), 2900))],
    };
    const text = JSON.stringify(withCodeStyle(long, 'spans').blocks);
    expect(text.length).toBeLessThan(5000);
    expect(text).toContain('`x`');
  });

  const shown = (text: string) => withCodeStyle({ text: 't', blocks: [verbatim(text)] }, 'spans').blocks;
  const sheet = (text: string) => ({
    ...{ type: 'section', expand: true, text: { type: 'mrkdwn', text, verbatim: true } },
  });
  const unparsed = (text: string) => ({
    ...{ type: 'section', expand: true, text: { type: 'plain_text', text, emoji: false } },
  });
  const x = (length: number) => 'x'.repeat(length);

  it.each<[string, string, object[]]>([
    ['a word', 'a <b>', [sheet('`a &lt;b&gt;`')]],
    ['lines, one of them empty', 'a\n\nb', [sheet('`a`\n\n`b`')]],
    ['an empty line first', '\na', [sheet(' \n`a`')]],
    ['blanks', '  a   b c', [sheet(`\`\u00a0\u00a0a\u00a0\u00a0\u00a0b c\``)]],
    ['a blank at the beginning', ' a', [sheet('`\u00a0a`')]],
    ['a backtick', 'a `b`', [unparsed('a `b`')]],
    ['a line as long as a span may be', x(2800), [sheet(`\`${x(2800)}\``)]],
    ['a longer line', x(2801), [unparsed(x(2801))]],
    ['a line that is longer once it is escaped', `${x(2797)}<`, [unparsed(`${x(2797)}<`)]],
    ['two lines that fit together', `${x(1000)}\n${x(1895)}`, [sheet(`\`${x(1000)}\`\n\`${x(1895)}\``)]],
    ['two lines that do not', `${x(1000)}\n${x(1896)}`, [sheet(`\`${x(1000)}\``), sheet(`\`${x(1896)}\``)]],
    [
      'an empty line behind a full one',
      `${x(2800)}\n${x(98)}\n`,
      [sheet(`\`${x(2800)}\``), sheet(`\`${x(98)}\`\n`)],
    ],
  ])('shows what is preformatted whole: %s', (_name, text, blocks) => {
    expect(shown(text)).toEqual(blocks);
  });

  it('leaves alone what is no code block', () => {
    const blocks: KnownBlock[] = [
      section(md`\`a\``),
      { type: 'divider' },
      { type: 'section', text: { type: 'plain_text', text: '```\na\n```' } },
      { type: 'section', fields: [{ type: 'mrkdwn', text: '```\na\n```' }] },
    ];
    expect(withCodeStyle({ text: 't', blocks }, 'spans')).toEqual({ text: 't', blocks });
  });

  it('keeps as many last lines as fit, and says where there is none', () => {
    const of = (text: string) =>
      withCodeStyle({ text: 't', blocks: [section({ ...md`a`, mrkdwn: text })] }, 'spans');
    const block = (...rows: string[]) => `\`\`\`\n${rows.join('\n')}\n\`\`\``;
    expect(of(block(x(9), x(1400), x(1494))).blocks).toMatchObject([
      { text: { text: `\`${x(1400)}\`\n\`${x(1494)}\`` } },
    ]);
    expect(of(block(x(1401), x(1494))).blocks).toMatchObject([{ text: { text: `\`${x(1494)}\`` } }]);
    expect(of(block(x(2950))).blocks).toMatchObject([{ text: { text: '…' } }]);
  });
});
