import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHistory } from '../../../src/stages/intake/looking-back.ts';

const read = (text: string) => readHistory(text.split(' ').filter((word) => word !== ''));

describe('what is looked for in what was done', () => {
  test.each([
    ['', { terms: [], page: 1, text: '' }],
    ['7d', { terms: [], since: '7d', page: 1, text: '7d' }],
    [
      'deployment/web 2026-03-01',
      { terms: ['deployment/web'], since: '2026-03-01', page: 1, text: 'deployment/web 2026-03-01' },
    ],
    ['-n shop page 3', { terms: ['n shop'], page: 3, text: '-n shop' }],
    [
      'playbook restart-it 4w',
      { terms: [], playbook: 'restart-it', since: '4w', page: 1, text: 'playbook restart-it 4w' },
    ],
    ['<@U0ANN|ann> hangs', { terms: ['hangs'], person: 'U0ANN', page: 1, text: '<@U0ANN|ann> hangs' }],
    ['by <@U0ANN>', { terms: [], person: 'U0ANN', page: 1, text: 'by <@U0ANN>' }],
    ['connection refused', { terms: ['connection', 'refused'], page: 1, text: 'connection refused' }],
    ['since 2d', { terms: [], since: '2d', page: 1, text: 'since 2d' }],
    ['the last 24 hours web', { terms: ['web'], since: '24h', page: 1, text: 'the last 24 hours web' }],
    ['web 2days page 2', { terms: ['web'], since: '2d', page: 2, text: 'web 2days' }],
    ['since the outage', { terms: ['since', 'the', 'outage'], page: 1, text: 'since the outage' }],
    ['3 replicas', { terms: ['3', 'replicas'], page: 1, text: '3 replicas' }],
    ['-n=shop', { terms: ['n shop'], page: 1, text: '-n=shop' }],
    ['--namespace=shop web', { terms: ['n shop', 'web'], page: 1, text: '--namespace=shop web' }],
    ['ns shop', { terms: ['n shop'], page: 1, text: 'ns shop' }],
    ['by:<@U0ANN>', { terms: [], person: 'U0ANN', page: 1, text: 'by:<@U0ANN>' }],
    [
      '\u201cout of memory\u201d 7d page 2',
      { terms: ['out of memory'], since: '7d', page: 2, text: '\u201cout of memory\u201d 7d' },
    ],
    ['since 2 days ago', { terms: [], since: '2d', page: 1, text: 'since 2 days ago' }],
    ['2d ago web', { terms: ['web'], since: '2d', page: 1, text: '2d ago web' }],
    ['long ago', { terms: ['long', 'ago'], page: 1, text: 'long ago' }],
    ['in the last 24 hours', { terms: [], since: '24h', page: 1, text: 'in the last 24 hours' }],
    ['over the past week', { terms: [], since: '1w', page: 1, text: 'over the past week' }],
    ['last week', { terms: [], since: '1w', page: 1, text: 'last week' }],
    ['in shop last hour', { terms: ['in', 'shop'], since: '1h', page: 1, text: 'in shop last hour' }],
    ['last month web', { terms: ['web'], since: '31d', page: 1, text: 'last month web' }],
    ['Yesterday', { terms: [], since: '2d', page: 1, text: 'Yesterday' }],
    ['web since yesterday', { terms: ['web'], since: '2d', page: 1, text: 'web since yesterday' }],
    ['today page 2', { terms: [], since: '1d', page: 2, text: 'today' }],
    ['"yesterday" web', { terms: ['yesterday', 'web'], page: 1, text: '"yesterday" web' }],
    ['ns today', { terms: ['n today'], page: 1, text: 'ns today' }],
    ['playbook=today', { terms: [], playbook: 'today', page: 1, text: 'playbook=today' }],
    ['every month', { terms: ['every', 'month'], page: 1, text: 'every month' }],
    ['every day', { terms: ['every', 'day'], page: 1, text: 'every day' }],
    ['"see page 2 of it"', { terms: ['see page 2 of it'], page: 1, text: '"see page 2 of it"' }],
    ['"see page 2 of it" page 3', { terms: ['see page 2 of it'], page: 3, text: '"see page 2 of it"' }],
    ['page', { terms: ['page'], page: 1, text: 'page' }],
    ['page 0', { terms: [], page: 1, text: '' }],
    ['page 999999', { terms: [], page: 100, text: '' }],
  ])('%s', (text, asked) => {
    expect(read(text)).toEqual(asked);
  });

  test('a page asks for the next one in the same words', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 100 }), (words, page) => {
        const { text, page: _page, ...filter } = read(words.join(' '));
        expect(read(`${text} page ${page}`)).toEqual({ ...filter, text, page });
      }),
    );
  });
});
