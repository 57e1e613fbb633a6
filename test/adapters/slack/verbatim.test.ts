import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { printAction } from '../../../src/actions/print.ts';
import { keyed, verbatim } from '../../../src/adapters/slack/blocks.ts';
import { detailsModal } from '../../../src/adapters/slack/cards/details.ts';
import { partMessage, plainPart } from '../../../src/adapters/slack/cards/part.ts';
import { remediationCard } from '../../../src/adapters/slack/cards/remediation.ts';
import { withCodeStyle } from '../../../src/adapters/slack/code-style.ts';
import { faultsOf, modalFaultsOf } from '../../../src/adapters/slack/limits.ts';
import type { Action } from '../../../src/domain/action.ts';
import { layOut } from '../../../src/stages/show/layout.ts';
import { annotateWith, setEnvTo } from '../../fixtures/fields.ts';
import { allStates, cardOf, remediationIn } from './remediations.ts';

const plain = z.object({
  type: z.literal('section'),
  text: z.object({ type: z.literal('plain_text'), text: z.string() }),
});
const rich = z.object({
  type: z.literal('rich_text'),
  elements: z.array(z.object({ elements: z.array(z.object({ text: z.string() })) })),
});

/** What a person reads in blocks in which nothing is parsed. */
function read(blocks: readonly unknown[]): string {
  return blocks
    .map((block) => {
      const elements = rich.safeParse(block).data?.elements.flatMap((part) => part.elements);
      return elements?.map(({ text }) => text).join('') ?? plain.safeParse(block).data?.text.text ?? '';
    })
    .join('\n');
}

/** As long and as odd as the schema allows: printable ASCII, at most 512 characters. */
const value = fc.oneof(
  fc.constantFrom(
    '`a`',
    ' x  y ',
    "it's \\$HOME",
    '"q" & <b>',
    '$(HOME)',
    '$$(A)',
    '<!channel>',
    '*b* :fire:',
    'z'.repeat(512),
  ),
  fc.string({ unit: fc.constantFrom(...' `\'"\\$&<>*_~:aB9(){}'), maxLength: 512 }),
);
const texts = fc.array(value, { minLength: 1, maxLength: 20 }).map((all) => {
  return Object.fromEntries(all.map((each, at) => [`V${at}`, each]));
});
const actions: fc.Arbitrary<[Action, readonly string[]]> = texts.chain((all) =>
  fc.constantFrom<[Action, readonly string[]]>(
    [setEnvTo(all), Object.values(all)],
    [annotateWith(all), Object.values(all)],
  ),
);

describe('every value', () => {
  test('is on the card or in its thread, and in the details, to the byte', () => {
    fc.assert(
      fc.property(actions, ([action, values]) => {
        const remediation = remediationIn('waiting', {}, action);
        const card = cardOf(remediation);
        const { blocks } = remediationCard(card);
        expect(faultsOf(keyed(blocks, 'card:x', 1))).toEqual([]);
        const { parts } = layOut(card.shown?.pieces ?? []);
        const messages = parts.map((passages, at) => {
          const notice = {
            ...{ kind: 'part' as const, remediationId: remediation.id, number: 42, version: 1 },
            ...{ part: at + 1, of: parts.length, passages: [...passages] },
          };
          for (const form of [partMessage, plainPart])
            expect(faultsOf(keyed(form({ kind: 'part', notice }).blocks, 'part:x', 0))).toEqual([]);
          return partMessage({ kind: 'part', notice }).blocks;
        });
        const whole = parts
          .flat()
          .map(({ text }) => text)
          .join('');
        const shown = `${read(blocks)}\n${whole}`;
        const view = detailsModal({
          remediation,
          approvals: [],
          ...(card.shown ? { shown: card.shown } : {}),
        });
        expect(modalFaultsOf(view)).toEqual([]);
        for (const text of [shown, read(view.blocks)]) {
          expect(text).toContain(printAction(action));
          for (const each of values) expect(text).toContain(each);
        }
        expect(messages.flatMap((each) => [read(each)]).join('').length).toBeGreaterThanOrEqual(whole.length);
      }),
      { numRuns: 40 },
    );
  });

  test('is not smoothed by preformatted text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 9000 }), (text) => {
        expect(read([verbatim(text)])).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  test('is whole where a server knows no rich text', () => {
    for (const text of ['a `b`  c', 'plain', `${'x'.repeat(2000)}\n${'y'.repeat(2000)}`]) {
      const { blocks } = withCodeStyle({ text: 't', blocks: [verbatim(text)] }, 'spans');
      const said = JSON.stringify(blocks).replaceAll('\u00a0', ' ');
      for (const word of text.split(/[\n`]/)) expect(said).toContain(word.slice(0, 1900));
    }
  });
});

test('no internal path reaches a person, in any state', () => {
  for (const state of allStates) {
    const text = JSON.stringify(remediationCard(cardOf(remediationIn(state))).blocks);
    expect(text).not.toMatch(/guarded\.|targetState|rollbackPlan|\/spec\/|\/metadata\//);
  }
});
