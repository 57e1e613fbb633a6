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
    ['U0ANN hangs', { terms: ['hangs'], person: 'U0ANN', page: 1, text: 'U0ANN hangs' }],
    ['webU0ANN', { terms: ['webU0ANN'], page: 1, text: 'webU0ANN' }],
    ['U0ANN-web', { terms: ['U0ANN-web'], page: 1, text: 'U0ANN-web' }],
    ['person ann', { terms: [], person: 'ann', page: 1, text: 'person ann' }],
    ['workload web', { terms: ['web'], page: 1, text: 'workload web' }],
    ['playbook', { terms: ['playbook'], page: 1, text: 'playbook' }],
    ['by <@U0ANN>', { terms: [], person: 'U0ANN', page: 1, text: 'by <@U0ANN>' }],
    ['connection refused', { terms: ['connection', 'refused'], page: 1, text: 'connection refused' }],
    ['since 2d', { terms: [], since: '2d', page: 1, text: 'since 2d' }],
    ['30m', { terms: [], since: '30m', page: 1, text: '30m' }],
    ['since 90 min web', { terms: ['web'], since: '90m', page: 1, text: 'since 90 min web' }],
    ['last 5 minutes', { terms: [], since: '5m', page: 1, text: 'last 5 minutes' }],
    ['web --since 2d', { terms: ['web'], since: '2d', page: 1, text: 'web --since 2d' }],
    ['web --since=2d', { terms: ['web'], since: '2d', page: 1, text: 'web --since=2d' }],
    ['web since:yesterday', { terms: ['web'], since: '2d', page: 1, text: 'web since:yesterday' }],
    ['\u2014since 2d', { terms: [], since: '2d', page: 1, text: '\u2014since 2d' }],
    ['\u2013n shop', { terms: ['n shop'], page: 1, text: '\u2013n shop' }],
    ['since Monday', { terms: [], since: '7d', page: 1, text: 'since Monday' }],
    ['web this morning', { terms: ['web'], since: '1d', page: 1, text: 'web this morning' }],
    ['last night', { terms: [], since: '1d', page: 1, text: 'last night' }],
    ['since 03:00', { terms: [], since: '1d', page: 1, text: 'since 03:00' }],
    ['every night', { terms: ['every', 'night'], page: 1, text: 'every night' }],
    ['monday', { terms: ['monday'], page: 1, text: 'monday' }],
    ['the last 24 hours web', { terms: ['web'], since: '24h', page: 1, text: 'the last 24 hours web' }],
    ['web 2days page 2', { terms: ['web'], since: '2d', page: 2, text: 'web 2days' }],
    ['since the outage', { terms: ['since', 'the', 'outage'], page: 1, text: 'since the outage' }],
    ['3 replicas', { terms: ['3', 'replicas'], page: 1, text: '3 replicas' }],
    ['-n=shop', { terms: ['n shop'], page: 1, text: '-n=shop' }],
    ['--namespace=shop web', { terms: ['n shop', 'web'], page: 1, text: '--namespace=shop web' }],
    ['namespace shop', { terms: ['n shop'], page: 1, text: 'namespace shop' }],
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
    ['page 3rd', { terms: ['page', '3rd'], page: 1, text: 'page 3rd' }],
    ['page v2', { terms: ['page', 'v2'], page: 1, text: 'page v2' }],
    ['page 0', { terms: [], page: 1, text: '' }],
    ['page 999999', { terms: [], page: 100, text: '' }],
  ])('%s', (text, asked) => {
    expect(read(text)).toStrictEqual(asked);
  });

  test.each<[string, readonly string[], string?]>([
    ['web7d 7dx', ['web7d', '7dx']],
    ['2026-03-01T10:00Z web', ['web'], '2026-03-01T10:00Z'],
    ['myns today', ['myns'], '1d'],
    ['byte today', ['byte'], '1d'],
    ['xns=shop', ['xns=shop']],
    ['3 cloud', ['3', 'cloud']],
    ['3 dogs', ['3', 'dogs']],
    ['24hours', [], '24h'],
    ['1 hour', [], '1h'],
    ['3 hr', [], '3h'],
    ['1 day', [], '1d'],
    ['1 week', [], '1w'],
    ['2 h', [], '2h'],
    ['3 2days', ['3'], '2d'],
    ['v2 days', ['v2', 'days']],
    ['3rd day', ['3rd', 'day']],
    ['blast 7d', ['blast'], '7d'],
    ['inbox 7d', ['inbox'], '7d'],
    ['last holiday', ['last', 'holiday']],
    ['last weekend', ['last', 'weekend']],
    ['blast week', ['blast', 'week']],
    ['lastly week', ['lastly', 'week']],
    ['7d farrago', ['farrago'], '7d'],
    ['7d agony', ['agony'], '7d'],
    ['" web " 7d', ['web'], '7d'],
    ['say"b"', ['say"b"']],
    ['""x', ['""x']],
    ['"" web', ['web']],
  ])('of %s, the words and the time', (text, terms, since) => {
    expect(read(text)).toMatchObject({ terms, ...(since === undefined ? {} : { since }) });
    expect('since' in read(text)).toBe(since !== undefined);
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
