import { expect, test } from 'vitest';
import { read, refusal } from './reading.ts';

/* Label selectors: the one form of each, and what is said of what is none. */

const typed = (selector: string) => `rollout restart deploy -l '${selector}' -n shop`;

test.each([
  ['a', 'a'],
  ['!a', "'!a'"],
  ['a=b', 'a=b'],
  ['a==b', 'a=b'],
  ['a!=b', "'a!=b'"],
  ['a=', 'a='],
  ['a!=', "'a!='"],
  ['a in (b)', "'a in (b)'"],
  ['a notin (b,c)', "'a notin (b,c)'"],
  ['a,b', 'a,b'],
  ['a, b=c ,!d', "'a,b=c,!d'"],
  ['a==', 'a='],
  ['a=,b', 'a=,b'],
  ['a in (b),c', "'a in (b),c'"],
])('%s is -l %s', (selector, meant) => {
  expect(read(typed(selector))).toBe(`kubectl rollout restart deployment -l ${meant} -n shop`);
});

const nearest = 'kubectl rollout restart deployment/NAME -n NAMESPACE';

test.each([
  ['a in b', 'b', 'The label selector needs "(" and the values here; not "b".'],
  ['a in (', '', 'The label selector needs a label value here; the selector ends.'],
  ['a in (b', '', 'The label selector needs "," or ")" here; the selector ends.'],
  ['a in (b,', '', 'The label selector needs a label value here; the selector ends.'],
  ['a in ()', ')', 'The label selector needs a label value here; not ")".'],
  ['a in (b c)', 'c', 'The label selector needs "," or ")" here; not "c".'],
  ['a b', 'b', 'The label selector needs one of = != in notin, a comma or the end here; not "b".'],
  ['=b', '=', 'The label selector needs a label key such as app or example.com/app here; not "=".'],
  ['a=b c', 'c', 'The label selector needs a comma or the end here; not "c".'],
  ['a=-', '-', 'The label selector needs a label value here; not "-".'],
  ['!', '', 'The label selector needs a label key such as app or example.com/app here; the selector ends.'],
  ['!!a', '!', 'The label selector needs a label key such as app or example.com/app here; not "!".'],
  ['a!b', '!', 'The label selector needs one of = != in notin, a comma or the end here; not "!".'],
  ['', "-l ''", '-l needs a label selector such as app=web or "tier in (front,back)".'],
  ['  ', "-l '  '", '-l needs a label selector such as app=web or "tier in (front,back)".'],
  ['a,', '', 'The label selector needs a label key such as app or example.com/app here; the selector ends.'],
  ['(a)', '(', 'The label selector needs a label key such as app or example.com/app here; not "(".'],
])('%s has something wrong at "%s"', (selector, under, reason) => {
  expect(refusal(typed(selector))).toEqual({ code: 'flag-value', under, reason, nearest });
});

test('a value has at most 63 characters, a selector 512, and what is typed 1024', () => {
  const value = (length: number) => `a=${'x'.repeat(length)}`;
  const long = (count: number) => Array.from({ length: count }, (_, at) => `k${100 + at}=v`).join(',');
  const tooLong = 'A label selector has at most 512 characters here.';
  expect(read(typed(value(63)))).toMatch(/^kubectl/);
  expect(refusal(typed(value(64)))).toMatchObject({ under: 'x'.repeat(64) });
  expect(read(typed(long(73)))).toMatch(/^kubectl/);
  expect(refusal(typed(long(74)))).toMatchObject({ code: 'flag-value', reason: tooLong });
  expect(read(typed(`a=b${' '.repeat(1021)}`))).toBe('kubectl rollout restart deployment -l a=b -n shop');
  expect(refusal(typed(`a=b${' '.repeat(1022)}`))).toMatchObject({ code: 'flag-value', reason: tooLong });
});
