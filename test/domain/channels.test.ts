import { expect, test } from 'vitest';
import { candidatesFor, type Place } from '../../src/domain/policy/channels.ts';
import { policy } from '../../src/domain/policy/policy.ts';

const { channels, environments } = policy.parse({
  version: 1,
  environments: {
    live: { match: { labels: { stage: 'live' } } },
    quiet: { match: { labels: { quiet: 'yes' } } },
  },
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
  ['a label with another value', at({ labels: { team: 'front', tier: 'api' } }), [paged, usual]],
  ['one of two labels', at({ labels: { team: 'front' } }), [paged, usual]],
  [
    'a label that every object inherits',
    at({ labels: Object.create({ team: 'front', tier: 'web' }) }),
    [paged, usual],
  ],
  ['an environment by the labels of its namespace', at(live), [paged, { channel: 'C0LIVE' }]],
  ['another environment', at({ namespaceLabels: { quiet: 'yes' } }), [paged, usual]],
  [
    'one of two environments',
    at({ namespaceLabels: { stage: 'live', quiet: 'yes' } }),
    [paged, { channel: 'C0LIVE' }],
  ],
  ['an environment whose labels could not be read', at({ namespaceLabels: undefined }), [paged, usual]],
  ['an object that names its channel', at({ ...live, ...own('C0MINE') }), [paged, { channel: 'C0MINE' }]],
  [
    'an object that names something else',
    at({ ...live, ...own('#general') }),
    [paged, { channel: 'C0LIVE' }],
  ],
  [
    'an object that inherits the name of a channel',
    at({ ...live, annotations: Object.create(own('C0MINE').annotations) }),
    [paged, { channel: 'C0LIVE' }],
  ],
  ['an object that names one where nobody trusts it', at(own('C0MINE')), [paged, usual]],
  ['a node', { cluster: 'main' }, [paged, usual]],
])('%s', (_name, place, expected) => {
  expect(candidatesFor({ channels, environments }, place, 'C0OPS')).toEqual(expected);
});

test.each<[string, object, string]>([
  ['fits everything', {}, 'channels.0: must name'],
  ['only lets objects choose', { annotation: true }, 'channels.0: must name'],
  ['goes nowhere', { namespaces: ['a'], channel: '#ops' }, 'channels.0.channel:'],
  ['has no channel', { namespaces: ['a'], channel: undefined }, 'channels.0.channel:'],
  ['asks for what nothing has', { clusters: ['a'], team: 'front' }, 'channels.0:'],
  ['names no cluster', { clusters: [] }, 'channels.0.clusters:'],
  ['names a cluster without a name', { clusters: [''] }, 'channels.0.clusters.0:'],
  ['names no namespace', { namespaces: [] }, 'channels.0.namespaces:'],
  ['names no environment', { environments: [] }, 'channels.0.environments:'],
  ['names a label without a key', { labels: { '': 'web' } }, 'channels.0.labels.:'],
  ['names no severity', { severity: [] }, 'channels.0.severity:'],
  ['names a severity without a name', { severity: [''] }, 'channels.0.severity.0:'],
])('a route that %s is a mistake', (_name, fits, expected) => {
  const { error } = policy.safeParse({ version: 1, channels: [{ channel: 'C0OPS', ...fits }] });
  const said = error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  expect(said).toEqual([expect.stringContaining(expected)]);
});

test('what a route must name is said to whoever forgot it', () => {
  expect(policy.safeParse({ version: 1, channels: [{ channel: 'C0OPS' }] }).error?.issues).toMatchObject([
    {
      message:
        'must name clusters, namespaces, environments, labels or severity; what fits nothing else goes to FIREBREAK_CHANNEL',
    },
  ]);
});
