import { describe, expect, test } from 'vitest';
import { clusterInReason, forCluster } from '../../../src/stages/intake/cluster-choice.ts';
import { readSlashCommand } from '../../../src/stages/intake/slash-command.ts';

const names = ['prod-eu', 'prod-us'];
const read = (text: string, of: readonly string[] = names) => readSlashCommand(text, of);

describe('a command says its cluster', () => {
  test.each([
    'rollout restart deployment/web -n shop --context prod-us',
    'rollout restart --context=prod-us deployment/web -n shop',
    '--context prod-us rollout restart deployment/web -n shop',
    'kubectl --context prod-us rollout restart deployment/web -n shop',
    'rollout restart deployment/web -n shop --cluster prod-us',
    'rollout restart deployment/web cluster:prod-us -n shop',
    'Cluster:prod-us rollout restart deployment/web -n shop',
    'rollout restart deployment/web cluster: prod-us -n shop',
    // A phone's dash.
    'rollout restart deployment/web -n shop \u2014context prod-us',
    '`rollout restart deployment/web -n shop --context "prod-us"`',
    'rollout restart deployment/web -n shop --context prod-us --context prod-us',
  ])('%s', (text) => {
    const plain = read('rollout restart deployment/web -n shop');
    expect(plain).not.toHaveProperty('cluster');
    expect(read(text)).toEqual({ ...plain, cluster: 'prod-us' });
  });

  test.each(['--context ', '--context=', 'cluster:', 'cluster: '])(
    'that is called by an ARN, by %j',
    (by) => {
      const arn = 'arn:aws:eks:eu-west-1:123456789012:cluster/prod';
      const text = `rollout restart deployment/web -n shop ${by}${arn} -- it hangs`;
      expect(read(text, [arn, 'other'])).toMatchObject({ kind: 'action', cluster: arn, reason: 'it hangs' });
    },
  );

  test('beside a reason', () => {
    expect(read('rollout restart deploy/web -n shop cluster:prod-eu -- it hangs')).toMatchObject({
      kind: 'action',
      cluster: 'prod-eu',
      reason: 'it hangs',
    });
  });
});

describe('a wrong one is told with the names there are', () => {
  test.each([
    [
      'rollout restart deploy/web -n shop --context prod-uk',
      'There is no cluster "prod-uk" here; there are prod-eu, prod-us.',
      'prod-uk',
    ],
    [
      'rollout restart deploy/web -n shop cluster:Prod-us',
      'There is no cluster "Prod-us" here; there are prod-eu, prod-us.',
      'Prod-us',
    ],
    [
      'rollout restart deploy/web -n shop --context staging',
      'There is no cluster "staging" here; there are prod-eu, prod-us.',
      'staging',
    ],
    ['rollout restart deploy/web -n shop --context', 'Say which cluster: prod-eu, prod-us.', '--context'],
    ['rollout restart deploy/web --context -n shop', 'Say which cluster: prod-eu, prod-us.', '--context'],
    ['rollout restart --context= deploy/web -n shop', 'Say which cluster: prod-eu, prod-us.', '--context='],
    ['rollout restart deploy/web -n shop --context ""', 'Say which cluster: prod-eu, prod-us.', '--context'],
    ['rollout restart deploy/web -n shop --context=', 'Say which cluster: prod-eu, prod-us.', '--context='],
    [
      'rollout restart deploy/web -n shop --context prod-eu cluster:prod-us',
      'A command is for one cluster; this one says prod-eu and prod-us.',
      'cluster:prod-us',
    ],
  ])('%s', (text, reason, under) => {
    const found = read(text);
    const code = reason.startsWith('Say')
      ? 'flag-value'
      : reason.startsWith('A ')
        ? 'flag-repeated'
        : 'other-cluster';
    if (found.kind !== 'refused') throw new Error('it was taken');
    const { span } = found.refusal;
    expect([found.refusal.code, found.refusal.reason, text.slice(span.start, span.end)]).toEqual([
      code,
      reason,
      under,
    ]);
  });

  test('and without a form that is a click away from another cluster', () => {
    expect(read('rollout restart deploy/web -n shop --context prod-uk')).not.toHaveProperty(
      'refusal.nearest',
    );
  });
});

test('what else is wrong with a command is told at its own place, for the same cluster', () => {
  const text = 'rollout restart --context prod-us deploymnt/web -n shop';
  const found = read(text);
  if (found.kind !== 'refused') throw new Error('it was taken');
  const { span, nearest } = found.refusal;
  expect([text.slice(span.start, span.end), nearest, found.cluster]).toEqual([
    'deploymnt',
    'kubectl rollout restart deployment/web -n shop',
    'prod-us',
  ]);
});

test.each([[[]], [['prod-us']]])('with %j nothing can be chosen, as before', (of) => {
  const text = 'rollout restart deployment/web -n shop --context prod-us';
  expect(read(text, of)).toMatchObject({ kind: 'refused', refusal: { code: 'other-cluster' } });
});

test.each(['note="--context prod-us"', 'note=--context=prod-us', 'note=cluster:prod-us'])(
  'a value that looks like a choice is left alone: %s',
  (pair) => {
    const found = read(`annotate deploy/web ${pair} -n shop`);
    expect(found).toMatchObject({ kind: 'action' });
    expect(found).not.toHaveProperty('cluster');
  },
);

test('a command is written with its cluster, where it has one', () => {
  expect(forCluster('cordon a', undefined)).toBe('cordon a');
  expect(forCluster('cordon a', 'eu')).toBe('cordon a --context eu');
});

describe('a cluster in the reason', () => {
  const restart = 'rollout restart deploy/web -n shop';

  test.each([
    ['-- it hangs --context prod-us', '--context prod-us'],
    ['-- it hangs --cluster=prod-us', '--cluster=prod-us'],
    ['-- it hangs \u2014context prod-us', '\u2014context prod-us'],
    ['-- it hangs --context staging', '--context staging'],
    ['-- it hangs, cluster:prod-us.', 'cluster:prod-us.'],
    ['-- cluster: prod-us', 'cluster: prod-us'],
    ['-- it hangs --context', '--context'],
    ['-- it hangs --context  prod-us', '--context  prod-us'],
    ['-- it hangs on cluster:``prod-us``).', 'cluster:``prod-us``).'],
    ['-- context prod-us', 'context prod-us'],
    ['--context prod-eu -- it hangs --context prod-us', '--context prod-us'],
  ])('is not passed over: %s', (rest, place) => {
    const text = `${restart} ${rest}`;
    const asked = read(text);
    if (asked.kind !== 'refused') throw new Error(`it is ${asked.kind}`);
    const { refusal, command } = asked;
    expect(refusal).toMatchObject({
      code: 'other-cluster',
      reason: expect.stringMatching(/before the "--"/),
    });
    expect(command.slice(refusal.span.start)).toBe(place);
  });

  test.each([
    ['--context prod-us -- in namespace shop', 'in namespace shop'],
    ['cluster:prod-us -- in namespace shop', 'in namespace shop'],
    ['--context prod-us -- it hangs -n shop', '-n'],
    ['--context=prod-us -- namespace=shop', '-- namespace=shop'],
  ])('beside the choice of one, a place in it is not passed over: %s', (rest, place) => {
    const asked = read(`rollout restart deploy/web ${rest}`);
    if (asked.kind !== 'refused') throw new Error(`it is ${asked.kind}`);
    const { refusal, command, cluster } = asked;
    expect([command.slice(refusal.span.start, refusal.span.end), refusal.nearest, cluster]).toEqual([
      place,
      'kubectl rollout restart deployment/web -n shop',
      'prod-us',
    ]);
  });

  test.each([
    '-- the cluster prod-us is slow, too',
    '-- the cluster: all of it is slow',
    '-- out of context --- prod-us',
    '--context prod-us -- as on cluster:prod-us before',
    '-- as on cluster:prod-uk before',
  ])('that is prose, or what the command says, is a reason: %s', (rest) => {
    expect(read(`${restart} ${rest}`).kind).toBe('action');
  });

  test('is a reason as any where there is one cluster', () => {
    expect(read(`${restart} -- as on cluster:prod-us`, ['prod-eu']).kind).toBe('action');
    expect(read(`${restart} -- as on cluster:prod-eu`, ['prod-eu']).kind).toBe('action');
  });

  test.each([
    ['--context prod.us', 'prod.us'],
    ['--context prod-uk', 'NAME'],
  ])('is told how it is written: %s', (reason, name) => {
    expect(clusterInReason(reason, ['prod.eu', 'prod.us'], undefined)).toEqual({
      code: 'other-cluster',
      reason: `A lone "--" starts the reason, and a cluster in it is not heard; write --context ${name} before the "--".`,
      span: { start: 0, end: reason.length },
    });
  });
});
