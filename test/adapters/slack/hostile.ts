import fc from 'fast-check';
import { z } from 'zod';

const seeds = [
  '<!channel>',
  '<!here|here> <!everyone>',
  '<@U0EVIL> <!subteam^S0EVIL>',
  '<https://evil.example/?x=1|Approved>',
  '&lt;!channel&gt; &amp;',
  '```\n<!channel>\n```',
  '`',
  '*bold* _it_ ~no~ :fire:',
  '> quoted\n>>> all of it',
  '\u202egnp.exe\u202c \u2066x\u2069 zero\u200bwidth',
  '\u001b[31mred\u001b[0m \u0007 \u0000',
  'line\r\nline\nline',
  '"}],"blocks":[{"type":"header"}]',
  '𝒳'.repeat(1600),
  'x'.repeat(5000),
  '<'.repeat(3100),
  '&'.repeat(3000),
  '\ud800 lone surrogate',
  '',
  ' ',
];

/** Text meant to break out: mentions, links, code fences, bidi, control characters, thousands of characters. */
export const hostile = fc.oneof(
  fc.constantFrom(...seeds),
  fc.array(fc.constantFrom(...seeds), { maxLength: 4 }).map((parts) => parts.join(' ')),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

const textObject = z.object({ type: z.enum(['mrkdwn', 'plain_text']), text: z.string() });
type TextObject = z.infer<typeof textObject>;

/** Every text object in blocks or a view, at any depth. */
function texts(value: unknown): readonly TextObject[] {
  if (Array.isArray(value)) return value.flatMap(texts);
  if (typeof value !== 'object' || value === null) return [];
  const found = textObject.safeParse(value);
  return [...(found.success ? [found.data] : []), ...Object.values(value).flatMap(texts)];
}

export const allText = (rendered: unknown): string =>
  texts(rendered)
    .map((each) => each.text)
    .join('\n');

/** Mrkdwn's angle brackets that are not ours: a mention of the people and groups of the fixtures. */
export function foreignMarkup(rendered: unknown): readonly string[] {
  const mrkdwn = texts(rendered).filter((each) => each.type === 'mrkdwn');
  const marked = mrkdwn.flatMap((each) => each.text.match(/<[^>]*>?|>/g) ?? []);
  return marked.filter((mark) => !/^<(@U0(ALICE|BOB|CAROL)|!subteam\^S0APPROVERS)>$/.test(mark));
}

/** Characters that nobody sees but that change what is seen. */
export function unseen(text: string): readonly string[] {
  return text.match(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/gu) ?? [];
}
