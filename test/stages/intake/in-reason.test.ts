import { describe, expect, test } from 'vitest';
import { readSlashCommand } from '../../../src/stages/intake/slash-command.ts';

const RESTART = 'kubectl rollout restart deployment/web -n shop';
const UNDO = 'kubectl rollout undo deployment/web --to-revision=3 -n shop';

describe('a flag in the midst of a reason', () => {
  test.each([
    ['rollout restart deploy/web -- the pods hang -n shop', RESTART],
    ['rollout restart deploy/web \u2014 the pods hang (see above) --namespace=shop, thanks', RESTART],
    [
      'rollout undo deploy/web -n shop -- bad release --to-revision=3',
      'kubectl rollout undo deployment/web --to-revision=3 -n shop',
    ],
    [
      'set env deploy/web MODE=fast -n shop -- only there -c web',
      'kubectl set env deployment/web MODE=fast --containers=web -n shop',
    ],
    ['rollout restart deploy/web -- they hang --namespace  shop at noon', RESTART],
    ['rollout restart deploy/web -- they hang -nshop', RESTART],
    ['rollout restart deploy/web -- they hang (see -n shop).', RESTART],
    ...[
      ...[
        'they hang (-n shop)',
        'they hang (-n shop)!',
        '(-n shop)',
        'they hang [--namespace=shop]',
        '"-n shop"',
      ],
      ...[
        'they hang "-n shop", again',
        "'-n shop' hangs",
        'see `-n shop`:',
        'hangs \u201c-n shop\u201d',
        '(see "-n shop")?',
      ],
      ...[
        'hangs ("-nshop").',
        'hangs -n "shop"',
        "hangs -n 'shop',",
        'hangs --namespace="shop"!',
        '{-n shop}; <-n shop>',
      ],
      ...[
        'hangs \u00ab--namespace shop\u00bb\u2026',
        'hangs -n (shop)',
        'hangs --namespace=\u2018shop\u2019',
      ],
    ].map((reason) => [`rollout restart deploy/web -- ${reason}`, RESTART]),
    ['rollout undo deploy/web -n shop -- bad release (--to-revision=3)?', UNDO],
    ['drain worker-1 -- it hangs (--force).', 'kubectl drain worker-1 --force'],
    [`rollout restart deploy/web -- ran${' -z'.repeat(6)}${' --zz'.repeat(6)} -n shop`, RESTART],
  ])('%s', (text, nearest) => {
    expect(readSlashCommand(text)).toMatchObject({ kind: 'refused', refusal: { nearest } });
  });

  test('is told where it stands', () => {
    const asked = readSlashCommand('rollout restart deploy/web -- they hang -n shop');
    if (asked.kind !== 'refused') throw new Error(`read as ${asked.kind}`);
    const { span, code, reason } = asked.refusal;
    expect([code, asked.command.slice(span.start), reason]).toEqual([
      'unknown-flag',
      '-n',
      'A lone "--" starts the reason, and "-n" in it is a flag of the command; write the flag before the "--".',
    ]);
  });

  test('is told without what is around it', () => {
    const asked = readSlashCommand('rollout restart deploy/web -- they hang (see "--namespace=shop"), again');
    if (asked.kind !== 'refused') throw new Error(`read as ${asked.kind}`);
    const { span, reason } = asked.refusal;
    expect(asked.command.slice(span.start)).toBe('--namespace=shop');
    expect(reason).toContain('and "--namespace=shop" in it is a flag');
  });

  test.each([
    'rollout restart deploy/web -n shop -- ran with -n shop before',
    'rollout restart deploy/web -n shop -- hangs --wait and all',
    'scale deploy/web --replicas=3 -n shop -- not --replicas=2 as in the runbook',
    'rollout restart deploy/web -n shop -- out of memory - see the graph',
    ...[
      ...[
        'it is e-n shop',
        'errors (5xx -> 0)',
        'errors (-1)',
        'the flag "-n" is missing',
        '(-n) shop',
        '(-n/a)',
      ],
      ...[
        '(- n shop)',
        'it is (e-n shop)',
        'pre-n, shop',
        'x"-n shop"',
        '(-)',
        '("->")',
        ':-c web',
        'well (-:',
      ],
    ].map((reason) => `rollout restart deploy/web -- ${reason}`),
    'rollout restart deploy/web -n shop -- ran (with -n shop) before (-n shop)',
    `rollout restart deploy/web -- many of${' --wait'.repeat(6)} -n shop`,
  ])('is part of it where the command stays the same: %s', (text) => {
    expect(readSlashCommand(text)).toMatchObject({ kind: 'action' });
  });
});

describe('a place in a reason, which the command itself does not say', () => {
  test.each([
    ['rollout restart deploy/web -- in namespace shop', RESTART],
    ['rollout restart deploy/web -- it leaks in the shop namespace', RESTART],
    ['rollout restart deploy/web \u2014 ns shop', RESTART],
    ['rollout restart deploy/web -- in shop', RESTART],
    ['rollout restart deploy/web -- memory leak, ns: shop', RESTART],
    ['rollout undo deploy/web -n shop -- to revision 3', UNDO],
    ['rollout undo deploy/web -n shop -- 4 is broken, back to rev 3', UNDO],
    ['rollout undo deploy/web -n shop -- revision 3', UNDO],
    ['rollout undo deploy/web -n shop -- to #3', UNDO],
    ['rollout undo deploy/web -n shop -- to revision 3, 4 is broken', UNDO],
    ['rollout undo deploy/web -n shop -- go back to the revision 3 at once', UNDO],
    ['rollout restart deploy/web -- it hangs, ns=shop since noon', RESTART],
    ['rollout restart deploy/web -- in namespace: shop', RESTART],
    ['rollout restart deploy/web -- in this namespace it hangs, in namespace shop', RESTART],
    ['rollout restart deploy/web -- n: shop', RESTART],
    ['rollout restart deploy/web -- n:shop', RESTART],
    ['rollout restart deploy/web -- in shop.', RESTART],
    ['rollout restart deploy/web -- in shop namespace, again', RESTART],
    ['rollout undo deploy/web -n shop -- back to rev3', UNDO],
    ['rollout undo deploy/web -n shop -- to 3.', UNDO],
    ['rollout undo deploy/web -n shop -- to 12', UNDO.replace('3', '12')],
    ['rollout undo deploy/web -n shop -- 4 is broken, back to revision 12', UNDO.replace('3', '12')],
  ])('%s is refused', (text, nearest) => {
    expect(readSlashCommand(text)).toMatchObject({ kind: 'refused', refusal: { nearest } });
  });

  test.each([
    'rollout restart deploy/web -n shop -- in namespace shop',
    'rollout restart deploy/web -- the namespace is full',
    'rollout restart deploy/web -- in this namespace it hangs',
    'rollout restart deploy/web -- in the night it leaks',
    'rollout undo deploy/web -n shop -- revision 4 is broken',
    'rollout undo deploy/web --to-revision=3 -n shop -- back to revision 3',
    'rollout undo deploy/web -n shop -- to 3 of the customers it answers 500',
    'rollout restart deploy/web -n shop -- up to revision 3 it was well',
    'rollout undo deploy/web -n shop -- up to revision 3 it was well',
    'rollout undo deploy/web -n shop -- the update to revision 5 broke login',
    'rollout undo deploy/web -n shop -- it went back to revision 5 by itself',
    'rollout restart deploy/web -- n/a',
    'rollout restart deploy/web -- in CrashLoopBackOff',
    'rollout restart deploy/web -- in crashloopbackoff',
    'rollout restart deploy/web -- quota is full in the namespace since noon',
    'rollout restart deploy/web -- quota is full in namespace since noon',
    'rollout restart deploy/web -- DNS fails in every namespace',
    'rollout restart deploy/web -- it fails in the current namespace',
    'rollout restart deploy/web -- crashes, n=3 times',
    'rollout restart deploy/web -- trouble with the namespace: memory is short',
    'rollout restart deploy/web -- the namespace/pod quota is used up',
    'rollout restart deploy/web -- ns Shop',
    'rollout restart deploy/web -- it hangs in eu-west',
    'rollout restart deploy/web -- in production it leaks',
    'rollout restart deploy/web -- in here',
    'rollout restart deploy/web -- in migration',
    'rollout restart deploy/web -- in doubt',
    'rollout restart deploy/web -- in maintenance',
    'rollout undo deploy/web -n shop -- errors went up to 3',
  ])('is prose in %s', (text) => {
    expect(readSlashCommand(text)).toMatchObject({ kind: 'action' });
  });
});

test('a place in a reason is told where it stands', () => {
  const asked = readSlashCommand('rollout restart deploy/web -- it leaks in the shop namespace');
  if (asked.kind !== 'refused') throw new Error(`read as ${asked.kind}`);
  const { span, code, reason } = asked.refusal;
  expect([code, asked.command.slice(span.start, span.end), reason]).toEqual([
    'unknown-flag',
    'in the shop namespace',
    'A lone "--" starts the reason, and "in the shop namespace" in it is not heard; write -n shop before the "--".',
  ]);
});

describe('a flag behind a lone "--"', () => {
  test.each([
    [
      'rollout undo deploy/web -n shop -- to-revision=3 it broke',
      '-- to-revision=3',
      'kubectl rollout undo deployment/web --to-revision=3 -n shop',
    ],
    ['rollout restart deploy/web -- namespace=shop', '-- namespace=shop', RESTART],
    ['rollout restart deploy/web \u2014 -n shop', '\u2014 -n', RESTART],
    [
      'drain worker-1 -- ignore-daemonsets',
      '-- ignore-daemonsets',
      'kubectl drain worker-1 --ignore-daemonsets',
    ],
    ['`drain worker-1` -- --force', '-- --force', 'kubectl drain worker-1 --force'],
    ['-- replicas=3', '-- replicas=3', undefined],
    [
      'rollout restart deploy/web -n shop -- --frobnicate',
      '-- --frobnicate',
      RESTART.replace('web -n shop', 'NAME -n NAMESPACE'),
    ],
    ['rollout undo deploy/web -n shop -- --to-revision  3 it broke', '-- --to-revision', UNDO],
    ['rollout undo deploy/web -n shop -- --to-revison=3 it broke', '-- --to-revison=3', UNDO],
    ['rollout undo deploy/web -n shop -- to-revision 3', '-- to-revision', UNDO],
    [
      'scale deploy/web -n shop -- replicas 3',
      '-- replicas',
      'kubectl scale deployment/web --replicas=3 -n shop',
    ],
    [
      'rollout undo deploy/web -n shop -- to-revision',
      '-- to-revision',
      'kubectl rollout undo deployment/NAME --to-revision=REVISION -n NAMESPACE',
    ],
  ])('%s is refused', (text, under, nearest) => {
    const asked = readSlashCommand(text);
    if (asked.kind !== 'refused') throw new Error(`read as ${asked.kind}`);
    const { span, nearest: found } = asked.refusal;
    expect(asked.command.slice(span.start, span.end)).toBe(under);
    expect(found).toBe(nearest);
    expect('nearest' in asked.refusal).toBe(nearest !== undefined);
  });

  test('is told how it is written', () => {
    expect(readSlashCommand('drain worker-1 -- --force')).toMatchObject({
      kind: 'refused',
      refusal: {
        code: 'unknown-flag',
        reason:
          'A lone "--" starts the reason, and "--force" is a flag; write the flag without a blank before it, and the reason behind another "--".',
      },
    });
  });

  test('does not hide what is missing', () => {
    const asked = readSlashCommand('scale deploy/web -n shop -- replicas');
    expect(asked).toMatchObject({ kind: 'refused', refusal: { code: 'flag-missing' } });
  });

  test.each([
    ...['wait for me', 'output is broken', 'now', '- stuck', 'namespaces are full', 'replicas'],
    ...['3 replicas=2 were up', '-stuck since noon', '-z is wrong', 'x=3 of them fail', 'n=3 times it fails'],
  ])('is none in "-- %s"', (reason) => {
    expect(readSlashCommand(`rollout restart deploy/web -n shop -- ${reason}`)).toMatchObject({ reason });
  });

  test.each([
    ['delete pod web-0 -n shop', 'wait'],
    ['rollout undo deploy/web -n shop', 'to-revision of last week is bad'],
  ])('is none in "%s -- %s"', (command, reason) => {
    expect(readSlashCommand(`${command} -- ${reason}`)).toMatchObject({ kind: 'action', reason });
  });
});
