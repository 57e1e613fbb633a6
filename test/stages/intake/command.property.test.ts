import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printAction } from '../../../src/actions/print.ts';
import { request } from '../../../src/domain/action.ts';
import { parseCommand } from '../../../src/stages/intake/command.ts';
import { renderRefusal } from '../../../src/stages/intake/grammar/render.ts';
import { splitReason } from '../../../src/stages/intake/reason.ts';
import { anyRequest } from '../../fixtures/requests.ts';
import { casesOf } from '../../support/cases.ts';
import { inventedBy } from './invented.ts';

/** 200,000 cases in all in `npm run test:faults`. */
const RUNS = { random: casesOf(110_000), mutated: casesOf(60_000), printed: casesOf(30_000) };

/** Fragments of real and hostile commands, so that random texts get past the first word. */
const fragments = [
  'kubectl k rollout restart undo pause resume scale set image env resources delete pod job cordon drain taint',
  'label annotate patch autoscale create suspend node nodes',
  'deploy/web deployment sts ds/ /x po/web-0 cj/x job/x hpa a,b app=img:1 = web Web A=b A- a=b:NoSchedule a:NoExecute-',
  '-n -nshop -n= --namespace --namespace=shop --replicas --replicas=3 --replicas=03 --current-replicas=2',
  '--to-revision=1 --force --all -A -l -lapp=web -f -- - --- --= --overwrite --overwrite=no -c -c=a,b --limits=cpu=1',
  '--requests=memory=0 --max=3 --min=9 --cpu=80% --from=cronjob/x --from= --type=json --type=merge -e -eA=b -p --list',
  '--ignore-daemonsets --delete-local-data --dry-run --wait -o -oyaml --relicas=3 -namespace rolout __proto__',
  'constructor | ; && $X ${ $( ` < <x> [ {{ * # " \' \\ ! ~ % + ( ) \\" \'a b\' "a b" "\\"" \'app in (a,b)\' \'!x\'',
  `'{"spec":{"suspend":true}}' '{"spec":{"replicas":3}}' '{"metadata":{"labels":{"a":null}}}' '{"spec":`,
  `'[{"op":"replace","path":"/spec/replicas","value":2}]' '{}' '[' "{\\"spec\\":{\\"paused\\":true}}"`,
].flatMap((line) => line.split(' '));
const odd = ['\n', '\t', '\u2014', '\u201c', '\u202e', '\u0000', '\ud800', '\u{1f4a5}', 'e\u0301', '\uff41'];
const fragment = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...fragments, ...odd) },
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const nearCommand = fc
  .array(fc.tuple(fragment, fc.constantFrom(' ', ' ', ' ', '', '\t')), { maxLength: 14 })
  .map((parts) => parts.flat().join(''));
const anyText = fc.oneof(
  { weight: 3, arbitrary: nearCommand },
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 200 }),
);

/** One character of a good command replaced, inserted or taken out. */
const mutated = fc
  .tuple(
    anyRequest,
    fc.nat(),
    fc.oneof(fragment, fc.string({ unit: 'grapheme-ascii', maxLength: 2 })),
    fc.nat({ max: 2 }),
  )
  .map(([given, place, text, cut]) => {
    const printed = printAction(given);
    const at = place % (printed.length + 1);
    return printed.slice(0, at) + text + printed.slice(at + cut);
  });

/** Accepted: reads back, and says nothing that the text does not. Refused: in full, with a place inside the text. */
function holdsUp(text: string): void {
  const parsed = parseCommand(text);
  if (parsed.kind === 'action') {
    const again = parseCommand(printAction(parsed.action));
    if (again.kind !== 'action') throw new Error(`${printAction(parsed.action)}: ${again.refusal.reason}`);
    expect(again.action).toEqual(parsed.action);
    const invented = inventedBy(text, parsed);
    if (invented.length > 0) throw new Error(`invented: ${invented.join(', ')}`);
    return;
  }
  const { span, nearest, reason } = parsed.refusal;
  const placed = span.start >= 0 && span.start <= span.end && span.end <= text.length;
  if (!placed) throw new Error(`span ${span.start}-${span.end} of ${text.length}`);
  if (!reason.endsWith('.')) throw new Error(`no sentence: ${reason}`);
  if (nearest !== undefined && !nearest.includes('NAME') && parseCommand(nearest).kind !== 'action')
    throw new Error(`the nearest form is none: ${nearest}`);
  if (!/^[ -~\n]*$/.test(renderRefusal(text, parsed.refusal))) throw new Error('not printable');
}

describe('parseCommand', () => {
  test('never throws and always answers in full, whatever the text', () => {
    fc.assert(fc.property(anyText, holdsUp), { numRuns: RUNS.random });
  });

  test('never throws on a good command with a few characters changed', () => {
    fc.assert(fc.property(mutated, holdsUp), { numRuns: RUNS.mutated });
  });

  test('reads back every request as it is printed, and keeps to its words', () => {
    fc.assert(
      fc.property(anyRequest, (given) => {
        const printed = printAction(given);
        const parsed = parseCommand(printed);
        if (parsed.kind === 'refused') throw new Error(`${printed}: ${parsed.refusal.reason}`);
        expect(parsed.action).toEqual(given);
        expect(parsed.notes.filter((note) => !note.startsWith('The patch is understood as'))).toEqual([]);
      }),
      { numRuns: RUNS.printed },
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
});

describe('the longest request there is', () => {
  const numbered = (length: number) =>
    Array.from({ length: 20 }, (_, i) => `x${String(i).padStart(2, '0')}${'x'.repeat(length - 3)}`);
  const keys = (start: string) => numbered(63).map((short) => `${start}${'p'.repeat(252)}/${short}`);
  const awkward = `'${'"'.repeat(511)}`;
  const names = numbered(253);
  const namespace = 'n'.repeat(63);
  const longestImage = `${'h'.repeat(55)}/${'i'.repeat(255)}:${'t'.repeat(128)}@sha256:${'0'.repeat(64)}`;

  test.each([
    {
      verb: 'set image',
      target: { kind: 'StatefulSet', namespace, names },
      images: numbered(63).map((container) => ({ container, image: longestImage })),
    },
    {
      verb: 'annotate',
      target: { kind: 'StatefulSet', namespace, names },
      set: keys('a').map((key) => ({ key, value: awkward })),
      remove: keys('b'),
      overwrite: true,
    },
    {
      verb: 'set env',
      target: { kind: 'StatefulSet', namespace, names },
      set: numbered(253).map((name) => ({ name, value: awkward })),
      remove: numbered(252),
      containers: numbered(63),
    },
  ])('of $verb is read', (longest) => {
    const given = request.parse(longest);
    expect(parseCommand(printAction(given))).toEqual({ kind: 'action', action: given, notes: [] });
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

  test('finds the reason behind every command that can be printed', () => {
    fc.assert(
      fc.property(anyRequest, (given) => {
        const printed = printAction(given);
        expect(splitReason(`${printed} -- it's "stuck"`)).toEqual({
          command: printed,
          reason: `it's "stuck"`,
        });
      }),
    );
  });
});
