import { expect, test } from 'vitest';
import { nearestWord } from '../../src/domain/text/nearest.ts';

const verbs = ['restart', 'status', 'undo', 'pause'];
const long = (length: number) => 'a'.repeat(length);

test.each<[string, string, readonly string[], string | undefined]>([
  ['itself', 'restart', verbs, 'restart'],
  ['a letter too many', 'resstart', verbs, 'restart'],
  ['a letter missing', 'rstart', verbs, 'restart'],
  ['another letter', 'rexart', ['rezart'], 'rezart'],
  ['two neighbours swapped', 'udno', verbs, 'undo'],
  ['two neighbours swapped at the beginning', 'nudo', verbs, 'undo'],
  ['two pairs swapped', 'erstrat', verbs, 'restart'],
  ['a swap and an insertion', 'ersttart', verbs, 'restart'],
  ['three edits', 'rxsxaxt', verbs, undefined],
  ['the nearer of two', 'abcx', ['abxy', 'abcd'], 'abcd'],
  ['the first of two that are as near', 'abcx', ['abcy', 'abcz'], 'abcy'],
  ['half of its letters', 'ab', ['ax'], undefined],
  ['fewer than half of its letters', 'abc', ['abx'], 'abx'],
  ['two of four', 'abcd', ['abxy'], undefined],
  ['two of five', 'abcde', ['abcxy'], 'abcxy'],
  ['one letter', 'a', ['b'], undefined],
  ['nothing', '', ['a'], undefined],
  ['letters that only the candidate has', 'undo', ['undoing'], undefined],
  ['letters that stand apart', 'abcde', ['edcba'], undefined],
  ['another first letter and another last one', 'xbcdy', ['abcde'], 'abcde'],
  ['a letter twice', 'aabcd', ['babcd'], 'babcd'],
  ['as long as it may be', long(40), [long(39)], long(39)],
  ['too long', long(41), [long(40)], undefined],
])('%s: %s', (_name, word, candidates, nearest) => {
  expect(nearestWord(word, candidates)).toBe(nearest);
});
