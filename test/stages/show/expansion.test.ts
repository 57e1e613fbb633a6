import { expect, test } from 'vitest';
import { referencesIn } from '../../../src/stages/show/expansion.ts';

/** After the cases of expand_test.go: value, names that are expanded, names that are escaped. */
test.each<[string, string[], string[]]>([
  ['$(VAR_A)', ['VAR_A'], []],
  ['$(VAR_A)$(VAR_B)', ['VAR_A', 'VAR_B'], []],
  ['___$(VAR_B)___', ['VAR_B'], []],
  ['$$(VAR_A)', [], ['VAR_A']],
  ['$$$(VAR_A)', ['VAR_A'], []],
  ['$$$$$$$(VAR_A)', ['VAR_A'], []],
  ['f000-$$VAR_A', [], []],
  ['foo\\$(VAR_C)bar', ['VAR_C'], []],
  ['$VAR_A', [], []],
  [`$${'{VAR_A}'}`, [], []],
  ['$(VAR_A', [], []],
  ['$', [], []],
  ['$$', [], []],
  ['--flag=$', [], []],
  ['$(VAR_A$(VAR_B)', ['VAR_A$(VAR_B'], []],
  ['cost $5 $(A) $$(B)', ['A'], ['B']],
])('%s', (value, expanded, escaped) => {
  const found = referencesIn(value);
  expect(found.filter((each) => !each.escaped).map(({ name }) => name)).toEqual(expanded);
  expect(found.filter((each) => each.escaped).map(({ name }) => name)).toEqual(escaped);
});
