import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { section } from '../../../src/adapters/slack/blocks.ts';
import { codeStyleOf, withCodeStyle } from '../../../src/adapters/slack/code-style.ts';
import {
  clamp,
  code,
  codeBlock,
  escapeMrkdwn,
  group,
  lines,
  listed,
  md,
  oneLine,
  person,
  unescapeMrkdwn,
} from '../../../src/adapters/slack/text.ts';

describe('mrkdwn', () => {
  it.each([
    ['mentions', md`*Who* ${'<!channel> & <@U1>'}`.mrkdwn, '*Who* &lt;!channel&gt; &amp; &lt;@U1&gt;'],
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

  it('cuts at whole characters, with an ellipsis', () => {
    expect(clamp('abcdef', 6)).toBe('abcdef');
    expect(clamp('abcdefg', 6)).toBe('abcde…');
    expect(clamp('𝒳𝒳𝒳𝒳', 6)).toBe('𝒳𝒳…');
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
    fc.assert(fc.property(fc.string(), (text) => unescapeMrkdwn(escapeMrkdwn(text)) === text));
  });
});

describe('the code style', () => {
  it.each([
    [undefined, 'fenced'],
    ['https://slack.com/api/', 'fenced'],
    ['https://slack-gov.com/api/', 'fenced'],
    ['https://evilslack.com/api/', 'spans'],
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
});
