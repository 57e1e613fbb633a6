import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import { action } from '../../../src/domain/action.ts';
import { printAction } from '../../../src/domain/print.ts';
import { parseCommand } from '../../../src/stages/intake/command.ts';
import { renderRefusal } from '../../../src/stages/intake/grammar/render.ts';
import { splitReason } from '../../../src/stages/intake/reason.ts';

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const name = fc.stringMatching(/^[a-z0-9]([-.a-z0-9]{0,40}[a-z0-9])?$/);
const image = fc
  .stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,40}$/)
  .filter((text) => !text.includes('//'));
const replicas = fc.integer({ min: 0, max: 2_147_483_647 });

function target<const K extends readonly string[]>(kinds: K) {
  return fc.record({ kind: fc.constantFrom(...kinds), namespace: label, name });
}
const rolloutTarget = target(['Deployment', 'StatefulSet', 'DaemonSet'] as const);
const node = fc.record({ kind: fc.constant('Node' as const), name });

/** Any Action the domain's schema admits. */
const anyAction: fc.Arbitrary<Action> = fc
  .oneof(
    fc.record({ verb: fc.constant('rollout restart'), target: rolloutTarget }),
    fc.record(
      {
        verb: fc.constant('rollout undo'),
        target: rolloutTarget,
        toRevision: fc.integer({ min: 1, max: 2 ** 53 - 1 }),
      },
      { requiredKeys: ['verb', 'target'] },
    ),
    fc.record({
      verb: fc.constantFrom('rollout pause', 'rollout resume'),
      target: target(['Deployment'] as const),
    }),
    fc.record(
      {
        verb: fc.constant('scale'),
        target: target(['Deployment', 'StatefulSet'] as const),
        replicas,
        currentReplicas: replicas,
      },
      { requiredKeys: ['verb', 'target', 'replicas'] },
    ),
    fc.record({
      verb: fc.constant('set image'),
      target: rolloutTarget,
      images: fc.uniqueArray(fc.record({ container: label, image }), {
        minLength: 1,
        maxLength: 20,
        selector: ({ container }) => container,
      }),
    }),
    fc.record({ verb: fc.constant('delete pod'), target: target(['Pod'] as const) }),
    fc.record({ verb: fc.constantFrom('cordon', 'uncordon'), target: node }),
  )
  .map((candidate) => action.parse(candidate));

/** Fragments of real and hostile commands, so that random texts get past the first word. */
const fragment = fc.oneof(
  fc.constantFrom(
    ...[
      'kubectl',
      'k',
      'rollout',
      'restart',
      'undo',
      'pause',
      'scale',
      'set',
      'image',
      'delete',
      'pod',
      'cordon',
    ],
    ...[
      'deploy/web',
      'deployment',
      'sts',
      'ds/',
      '/x',
      'po/web-0',
      'node',
      'a,b',
      'app=img:1',
      '=',
      'web',
      'Web',
    ],
    ...[
      '-n',
      '-nshop',
      '-n=',
      '--namespace',
      '--namespace=shop',
      '--replicas',
      '--replicas=3',
      '--replicas=03',
    ],
    ...[
      '--current-replicas=2',
      '--to-revision=1',
      '--force',
      '--all',
      '-A',
      '-l',
      '-f',
      '--',
      '-',
      '---',
      '--=',
    ],
    ...[
      '--dry-run',
      '--wait',
      '-o',
      '-oyaml',
      '--relicas=3',
      '-namespace',
      'rolout',
      '__proto__',
      'constructor',
    ],
    ...[
      '|',
      ';',
      '&&',
      '$X',
      '${',
      '$(',
      '`',
      '<',
      '<x>',
      '[',
      '{{',
      '*',
      '#',
      '"',
      "'",
      '\\',
      '\n',
      '\t',
      '\u2014',
    ],
    ...['\u201c', '\u202e', '\u0000', '\ud800', '\u{1f4a5}', 'e\u0301', '\uff41'],
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const nearCommand = fc
  .array(fc.tuple(fragment, fc.constantFrom(' ', ' ', ' ', '', '\t')), { maxLength: 14 })
  .map((parts) => parts.flat().join(''));
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), nearCommand);

/** One character of a good command replaced, inserted or taken out. */
const mutated = fc
  .tuple(anyAction, fc.nat(), fc.string({ unit: 'binary', maxLength: 3 }), fc.nat({ max: 2 }))
  .map(([given, place, text, cut]) => {
    const printed = printAction(given);
    const at = place % (printed.length + 1);
    return printed.slice(0, at) + text + printed.slice(at + cut);
  });

function holdsUp(text: string): void {
  const parsed = parseCommand(text);
  if (parsed.kind === 'action') {
    expect(parseCommand(printAction(parsed.action))).toMatchObject({ kind: 'action', action: parsed.action });
    return;
  }
  const { span, nearest } = parsed.refusal;
  expect(span.start).toBeGreaterThanOrEqual(0);
  expect(span.end).toBeGreaterThanOrEqual(span.start);
  expect(span.end).toBeLessThanOrEqual(text.length);
  if (nearest !== undefined && !nearest.includes('NAME')) expect(parseCommand(nearest).kind).toBe('action');
  expect(onlyPrintable(renderRefusal(text, parsed.refusal))).toBe(true);
}

function onlyPrintable(rendered: string): boolean {
  for (const character of rendered)
    if (character !== '\n' && (character < ' ' || character > '~')) return false;
  return true;
}

describe('parseCommand', () => {
  test('never throws and always answers in full, whatever the text', () => {
    fc.assert(fc.property(anyText, holdsUp), { numRuns: 5000 });
  });

  test('never throws on a good command with a few characters changed', () => {
    fc.assert(fc.property(mutated, holdsUp), { numRuns: 3000 });
  });

  test('reads back every Action as it is printed', () => {
    fc.assert(
      fc.property(anyAction, (given) => {
        expect(parseCommand(printAction(given))).toEqual({ kind: 'action', action: given, notes: [] });
      }),
      { numRuns: 2000 },
    );
  });

  test('does not care where the flags stand', () => {
    const words = fc.shuffledSubarray(['-n shop', '--replicas=3', '--current-replicas 2', '--wait=false'], {
      minLength: 4,
    });
    const places = fc.array(fc.nat({ max: 4 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(words, places, (flags, at) => {
        const line: string[] = ['kubectl', 'scale', 'deployment', 'web'];
        flags.forEach((flag, i) => {
          line.splice(1 + ((at[i] ?? 0) % line.length), 0, flag);
        });
        expect(parseCommand(line.join(' '))).toMatchObject({
          kind: 'action',
          action: {
            verb: 'scale',
            target: { kind: 'Deployment', namespace: 'shop', name: 'web' },
            replicas: 3,
            currentReplicas: 2,
          },
        });
      }),
      { numRuns: 500 },
    );
  });

  test('reads the longest Action there is', () => {
    const images = Array.from({ length: 20 }, (_, i) => ({
      container: `${String(i).padStart(2, '0')}${'c'.repeat(61)}`,
      image: 'i'.repeat(512),
    }));
    const longest = action.parse({
      verb: 'set image',
      target: { kind: 'StatefulSet', namespace: 'n'.repeat(63), name: 'x'.repeat(253) },
      images,
    });
    expect(parseCommand(printAction(longest))).toEqual({ kind: 'action', action: longest, notes: [] });
  });
});

describe('splitReason', () => {
  test('never throws, and the command is always a beginning of the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(text.startsWith(splitReason(text).command)).toBe(true);
      }),
    );
  });
});
