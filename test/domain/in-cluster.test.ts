import { describe, expect, test } from 'vitest';
import { clusterOfAlert, clusterOfChannel, policyFor } from '../../src/domain/policy/in-cluster.ts';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';

const written = policy.parse({
  version: 1,
  approvers: { human: { users: ['U0EU'] }, dual: { users: ['U0EU', 'U0EV'] } },
  requesters: { users: ['U0EU'] },
  freezes: [{ name: 'weekend', weekly: [{ days: ['sun'], from: '00:00', to: '24:00' }] }],
  clusters: {
    us: {
      channels: ['C0US'],
      alerts: { labels: ['us-east-1'], sources: ['pagerduty'] },
      approvers: { human: { users: ['U0US'] } },
      freezes: [],
    },
    lab: { tier: 'human' },
  },
});
const several: Policy = { ...written, clusterNames: ['eu', 'us', 'lab'] };

describe('the policy as it holds in a cluster', () => {
  test('what the cluster says goes first, the rest stays', () => {
    const us = policyFor(several, 'us');
    expect(us.approvers).toEqual({
      human: { users: ['U0US'], groups: [] },
      dual: { users: ['U0EU', 'U0EV'], groups: [] },
    });
    expect(us.freezes).toEqual([]);
    expect(us.requesters).toEqual({ users: ['U0EU'] });
  });

  test.each(['eu', 'lab', 'constructor', '__proto__'])('in %s it is the same object', (name) => {
    expect(policyFor(several, name)).toBe(several);
  });

  test('of its own result it is the same again', () => {
    const us = policyFor(several, 'us');
    expect(policyFor(us, 'us')).toBe(us);
  });
});

describe('the cluster of an alert', () => {
  test.each([
    ['its label is a name', { cluster: 'us' }, 'alertmanager', 'us'],
    ['its label is another word for one', { cluster: 'us-east-1' }, 'alertmanager', 'us'],
    ['the label goes before the source', { cluster: 'eu' }, 'pagerduty', 'eu'],
    ['it has no label, and its source is of one', {}, 'pagerduty', 'us'],
    ['it has an empty label', { cluster: '' }, 'pagerduty', 'us'],
    ['nothing is said', {}, 'alertmanager', 'eu'],
  ])('%s', (_why, labels, source, name) => {
    expect(clusterOfAlert(several, { labels, source })).toEqual({ kind: 'cluster', name });
  });

  test.each(['us-west-2', 'US', ' us', 'constructor'])(
    'nobody knows "%s": it is never the default',
    (said) => {
      const found = clusterOfAlert(several, { labels: { cluster: said }, source: 'pagerduty' });
      expect(found).toEqual({ kind: 'unknown', said });
    },
  );

  test('by another label, where the policy says so', () => {
    const other = { ...several, alertClusterLabel: 'k8s_cluster' };
    const labels = { cluster: 'eu', k8s_cluster: 'us' };
    expect(clusterOfAlert(other, { labels, source: 'alertmanager' })).toEqual({
      kind: 'cluster',
      name: 'us',
    });
  });

  test('with one cluster alone labels have no say, as before', () => {
    const found = clusterOfAlert(written, { labels: { cluster: 'elsewhere' }, source: 'alertmanager' });
    expect(found).toEqual({ kind: 'cluster', name: undefined });
  });
});

test.each([
  ['C0US', 'us'],
  ['C0OPS', 'eu'],
  [undefined, 'eu'],
])('a command in %s that names none is for %s', (channel, name) => {
  expect(clusterOfChannel(several, channel)).toBe(name);
  expect(clusterOfChannel(written, channel)).toBeUndefined();
});
