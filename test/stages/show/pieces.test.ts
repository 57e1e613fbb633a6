import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printAction } from '../../../src/actions/print.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { DryRunResult } from '../../../src/domain/plan.ts';
import { evaluateRequest } from '../../../src/stages/evaluate/request.ts';
import { layOut, mostParts, tooLong } from '../../../src/stages/show/layout.ts';
import { type Piece, piecesOf } from '../../../src/stages/show/pieces.ts';
import {
  defaultPolicy,
  deploymentFacts,
  drainNode,
  nodeFacts,
  nodePod,
  noon,
  restartOf,
  specId,
} from '../../fixtures/facts.ts';
import { annotateWith, setEnvTo } from '../../fixtures/fields.ts';

const accepted: DryRunResult = { kind: 'accepted', sentence: 'It is accepted.', warnings: [] };

function piecesFor(action: Action, facts: Facts = deploymentFacts(), dryRun = accepted): readonly Piece[] {
  const members = [{ action, facts }];
  const { spec } = evaluateRequest({
    id: specId,
    now: noon,
    request: action,
    members,
    policy: defaultPolicy,
  });
  return piecesOf({ action, spec, facts }, dryRun);
}

const textOf = (pieces: readonly Piece[], name: Piece['name']) =>
  pieces.find((each) => each.name === name)?.text;

describe('what must be shown', () => {
  test('of a plain command is on the card', () => {
    const pieces = piecesFor(restartOf());
    expect(layOut(pieces).parts).toEqual([]);
    expect(textOf(pieces, 'command')).toBe('kubectl rollout restart deployment/web -n shop');
    expect(textOf(pieces, 'values')).toBeUndefined();
  });

  test.each([
    '`a`',
    ' x  y ',
    "it's \\$HOME",
    '"q" & <b>',
    '\\',
    '$(HOME)',
    '$$(A)',
    "'",
    '*b* _i_ ~s~ :fire:',
  ])('has the value %j to the byte', (value) => {
    expect(textOf(piecesFor(setEnvTo({ GREETING: value })), 'values')).toContain(`: ${value}`);
    expect(textOf(piecesFor(annotateWith({ note: value })), 'values')).toBe(
      `metadata.annotations["note"]: ${value}`,
    );
  });

  test('says what cannot be seen of a value, and what the kubelet makes of it', () => {
    const notes = textOf(piecesFor(setEnvTo({ A: ' x  y  ', B: '$(HOME)/a', C: '$$(D)' })), 'notes');
    expect(notes?.split('\n')).toEqual([
      'The value of env[A] of web, migrate begins with 1 blank and ends with 2 blanks and holds 2 blanks in a row.',
      expect.stringMatching(/^\$\(HOME\) in B will be expanded by the kubelet in web, migrate/),
      'The kubelet makes $(D) of $$(D) in C, and expands nothing there.',
    ]);
  });

  test('names every pod that a drain moves', () => {
    const tenants = Array.from({ length: 60 }, (_, index) =>
      nodePod(`checkout-service-of-the-shop-${index}`, { owner: 'Deployment/web' }),
    );
    const flags = { ignoreDaemonSets: true, deleteEmptyDirData: true, force: true };
    const pieces = piecesFor(drainNode(flags), nodeFacts({ tenants }));
    const { onCard, parts } = layOut(pieces);
    expect(onCard).not.toContain('moved');
    const all = parts
      .flat()
      .map(({ text }) => text)
      .join('\n');
    for (const { name } of tenants) expect(all).toContain(`/${name} of Deployment/web\n`.trim());
  });

  test('names the pods that have ended too: the drain removes them, and what they logged', () => {
    const flags = { ignoreDaemonSets: true, deleteEmptyDirData: true, force: true };
    const tenants = [
      nodePod('web-1', { owner: 'Deployment/web' }),
      nodePod('report-1', { ready: false, owner: 'Job/report', traits: ['ended'] }),
    ];
    expect(textOf(piecesFor(drainNode(flags), nodeFacts({ tenants })), 'moved')?.split('\n')).toEqual([
      'shop/web-1 of Deployment/web',
      'shop/report-1 of Job/report (has ended; what it logged goes with it)',
    ]);
  });
});

describe('what the card has no room for', () => {
  const long = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`V${at}`, `${at} ${'x'.repeat(500)}`]),
  );

  test('is in the thread, whole and in order', () => {
    const pieces = piecesFor(setEnvTo(long));
    const { onCard, parts } = layOut(pieces);
    expect(parts.length).toBeGreaterThan(1);
    for (const { name, heading, text } of pieces.filter((piece) => !onCard.includes(piece.name))) {
      const shown = parts.flat().filter((each) => each.heading.startsWith(heading));
      expect(`${name}: ${shown.map((each) => each.text).join('')}`).toBe(`${name}: ${text}`);
    }
  });

  test('is everything where the card was not taken', () => {
    const pieces = piecesFor(restartOf());
    const { onCard, parts } = layOut(pieces, true);
    expect(onCard).toEqual([]);
    expect(parts.flat().map(({ text }) => text)).toEqual(pieces.map(({ text }) => text));
  });

  test('is not asked for when it is longer than anybody reads', () => {
    const piece = (length: number): Piece => ({
      name: 'changes',
      heading: 'Changes',
      text: 'x'.repeat(length),
    });
    expect(tooLong(layOut([piece(100_000)]))).toBeUndefined();
    expect(tooLong(layOut([piece(200_000)]))).toContain(`more than the ${mostParts} messages`);
  });

  test('comes together again, whatever it is', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', '\n', '𝒳', '`', '&'),
      minLength: 1,
      maxLength: 30_000,
    });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (texts) => {
        const pieces = texts.map((each, at): Piece => ({ name: 'changes', heading: `H${at}.`, text: each }));
        const parts = layOut(pieces, true).parts;
        for (const [at, each] of texts.entries()) {
          const shown = parts.flat().filter(({ heading }) => heading.startsWith(`H${at}.`));
          expect(shown.map((passage) => passage.text).join('')).toBe(each);
        }
        for (const part of parts) {
          const size = part.reduce((sum, passage) => sum + passage.text.length + passage.heading.length, 0);
          expect(size).toBeLessThan(8_500);
          expect(part.every((passage) => passage.text.isWellFormed())).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});

test('the command is what is printed', () => {
  const action = annotateWith({ note: 'it\'s `x`  $(A) "b"' });
  expect(textOf(piecesFor(action), 'command')).toBe(printAction(action));
});
