import { expect, test } from 'vitest';
import { candidatesFor, type Place } from '../../src/domain/policy/channels.ts';
import { policy } from '../../src/domain/policy/policy.ts';

const { channels, environments } = policy.parse({
  version: 1,
  environments: { live: { match: { labels: { stage: 'live' } } } },
  channels: [
    { clusters: ['edge'], channel: 'C0EDGE' },
    { namespaces: ['payments'], severity: ['Critical', 'page'], channel: 'C0PAYPAGE' },
    { namespaces: ['payments'], channel: 'C0PAY' },
    { labels: { team: 'front', tier: 'web' }, channel: 'C0FRONT' },
    { severity: ['critical'], channel: 'C0PAGE' },
    { environments: ['live'], annotation: true, channel: 'C0LIVE' },
  ],
});

const at = (place: Partial<Place>): Place => ({ cluster: 'main', namespace: 'shop', ...place });
const own = (id: string) => ({ annotations: { 'firebreak.dev/slack-channel': id } });
const paged = { channel: 'C0PAGE', severity: ['critical'] };
const usual = { channel: 'C0OPS' };
const live = { namespaceLabels: { stage: 'live' } };

test.each<[string, Place, readonly object[]]>([
  ['what fits nothing', at({}), [paged, usual]],
  [
    'another cluster, before its namespace',
    at({ cluster: 'edge', namespace: 'payments' }),
    [{ channel: 'C0EDGE' }],
  ],
  [
    'a namespace, and its severe alerts apart',
    at({ namespace: 'payments' }),
    [{ channel: 'C0PAYPAGE', severity: ['critical', 'page'] }, { channel: 'C0PAY' }],
  ],
  ['all labels', at({ labels: { team: 'front', tier: 'web', more: 'x' } }), [{ channel: 'C0FRONT' }]],
  ['one of two labels', at({ labels: { team: 'front' } }), [paged, usual]],
  [
    'a label that every object inherits',
    at({ labels: Object.create({ team: 'front', tier: 'web' }) }),
    [paged, usual],
  ],
  ['an environment by the labels of its namespace', at(live), [paged, { channel: 'C0LIVE' }]],
  ['an environment whose labels could not be read', at({ namespaceLabels: undefined }), [paged, usual]],
  ['an object that names its channel', at({ ...live, ...own('C0MINE') }), [paged, { channel: 'C0MINE' }]],
  [
    'an object that names something else',
    at({ ...live, ...own('#general') }),
    [paged, { channel: 'C0LIVE' }],
  ],
  ['an object that names one where nobody trusts it', at(own('C0MINE')), [paged, usual]],
  ['a node', { cluster: 'main' }, [paged, usual]],
])('%s', (_name, place, expected) => {
  expect(candidatesFor({ channels, environments }, place, 'C0OPS')).toEqual(expected);
});

test('a route that fits everything, or goes nowhere, is a mistake', () => {
  expect(policy.safeParse({ version: 1, channels: [{ channel: 'C0OPS' }] }).success).toBe(false);
  expect(policy.safeParse({ version: 1, channels: [{ namespaces: ['a'], channel: '#ops' }] }).success).toBe(
    false,
  );
});
