import { expect, test } from 'vitest';
import { z } from 'zod';
import { allProblems, bySchema, firstProblem } from '../../../src/adapters/http/problems.ts';

test.each<[string, unknown, readonly PropertyKey[], string]>([
  ['in the body', 7, [], 'the body: '],
  ['in a field', { a: [7] }, [], '"a.0": '],
  ['within something', { a: [7] }, ['alerts', 3], '"alerts.3.a.0": '],
  ['in the whole of something', 7, ['alerts', 3], '"alerts.3": '],
  ['under a name that is not seen', { 'a\u202Eb': 7 }, [], '"a\uFFFDb": '],
  ['under a long name', { ['n'.repeat(61)]: 7 }, [], `"${'n'.repeat(60)}...": `],
  ['under a name of 60', { ['n'.repeat(60)]: 7 }, [], `"${'n'.repeat(60)}": `],
])('the first problem %s', (_name, value, within, place) => {
  const { error } = z.record(z.string(), z.array(z.string())).safeParse(value);
  if (error === undefined) throw new Error('it is right');
  expect(firstProblem(error, within).slice(0, place.length)).toBe(place);
});

test.each<[string, z.ZodType, unknown, string]>([
  ['nothing', z.object({ a: z.string() }), {}, '"a": must be a text, and is missing.'],
  ['no word of some', z.object({ a: z.enum(['x', 'y']) }), {}, '"a": must be one of x, y, and is missing.'],
  ['null', z.array(z.string()), [null], '"0": must be a text, and is null.'],
  ['a list', z.object({}), [], 'the body: must be an object, and is a list.'],
  ['none of some words', z.enum(['firing', 'resolved']), 'on', 'the body: must be one of firing, resolved.'],
  ['too many', z.array(z.string()).max(1), ['', ''], 'the body: must have at most 1 entry, and has 2.'],
  ['too short', z.string().min(1), '', 'the body: must not be empty.'],
  ['too small', z.number().min(3), 2, 'the body: must be at least 3.'],
  ['no whole number', z.number().int(), 'x', 'the body: must be a number, and is a text.'],
  ['a truth', z.string(), true, 'the body: must be a text, and is true or false.'],
  ['no list', z.array(z.string()), {}, 'the body: must be a list, and is an object.'],
  ['another word', z.literal('4'), '3', 'the body: must be 4.'],
  ['no such form', z.string().regex(/a/), 'b', 'the body: is not as it should be.'],
  ['two fields too many', z.strictObject({}), { a: 1, b: 2 }, 'the body: there is no field "a", "b".'],
  [
    'six things',
    z.array(z.string()),
    [1, 2, 3, 4, 5, 6],
    `${[0, 1, 2, 3, 4].map((at) => `"${at}": must be a text, and is a number.`).join('\n')}\n1 more is not named.`,
  ],
  ['too large', z.number().max(7), 8, 'the body: must be at most 7.'],
  ['another form', z.union([z.string(), z.number()]), true, 'the body: is not as it should be.'],
  [
    'another kind of several',
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('node') }),
      z.object({ kind: z.enum(['pod', 'job']) }),
    ]),
    { kind: 'service' },
    '"kind": must be one of node, pod, job.',
  ],
  ['what has words of its own', z.string('must be a name'), 7, 'the body: must be a name.'],
  [
    'seven things',
    z.array(z.string()),
    [1, 2, 3, 4, 5, 6, 7],
    `${[0, 1, 2, 3, 4].map((at) => `"${at}": must be a text, and is a number.`).join('\n')}\n2 more are not named.`,
  ],
])('what is wrong is said plainly: %s', (_name, schema, value, said) => {
  const { error } = bySchema(schema, value);
  expect(error === undefined ? 'it is right' : allProblems(error)).toBe(said);
});
