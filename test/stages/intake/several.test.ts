import { describe, expect, test } from 'vitest';
import type { RefusalCode } from '../../../src/actions/grammar/refusal.ts';
import { read, refusal } from './reading.ts';

const names = (count: number) => Array.from({ length: count }, (_, i) => `p${i}`).join(' ');

describe('several objects', () => {
  test.each([
    [
      'rollout restart deploy/a deploy/b -n shop',
      'kubectl rollout restart deployment/a deployment/b -n shop',
    ],
    ['rollout restart deployment a b -n shop', 'kubectl rollout restart deployment/a deployment/b -n shop'],
    ['delete pods a b -n shop', 'kubectl delete pod a b -n shop'],
    ['delete pod/a po/b -n shop', 'kubectl delete pod a b -n shop'],
    [
      'scale deploy a b --replicas=3 --current-replicas=2 -n shop',
      'kubectl scale deployment/a deployment/b --replicas=3 --current-replicas=2 -n shop',
    ],
    [
      'set image deploy/a deploy/b app=x:1 -n shop',
      'kubectl set image deployment/a deployment/b app=x:1 -n shop',
    ],
    ['suspend cj a b -n shop', `kubectl patch cronjob/a cronjob/b -p '{"spec":{"suspend":true}}' -n shop`],
    [
      `patch deploy a b -p '{"spec":{"replicas":3}}' -n shop`,
      'kubectl scale deployment/a deployment/b --replicas=3 -n shop',
    ],
    ['annotate po nginx1 nginx2 a=b -n shop', 'kubectl annotate pod/nginx1 pod/nginx2 a=b -n shop'],
    [`delete pod ${names(20)} -n shop`, `kubectl delete pod ${names(20)} -n shop`],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test.each<[string, RefusalCode, string, RegExp]>([
    ['delete pod a b a', 'extra-word', 'a', /"a" is named twice/],
    ['delete pod/a job/b', 'several-targets', 'job/b', /this is a Job, the first a Pod/],
    ['delete pod a b/c', 'extra-word', 'b/c', /not both/],
    ['delete pod/a b', 'extra-word', 'b', /one word too many/],
    ['delete pod a,b', 'several-targets', 'a,b', /^A comma lists several/],
    ['delete pod,job a', 'several-targets', 'pod,job', /^A comma lists several/],
    [`delete pod ${names(21)}`, 'several-targets', 'p20', /^At most 20 objects/],
    ['cordon a b', 'several-targets', 'b', /^One node at a time/],
    ['autoscale deploy a b --max=3', 'several-targets', 'b', /takes exactly one object/],
    [
      `patch deploy a b -p '{"spec":{"minReadySeconds":3}}'`,
      'several-targets',
      `-p '{"spec":{"minReadySeconds":3}}'`,
      /one object at a time/,
    ],
  ])('%s is refused', (text, code, under, reason) => {
    expect(refusal(text)).toMatchObject({ code, under, reason: expect.stringMatching(reason) });
  });
});

describe('a selector', () => {
  test.each([
    ['app=web', 'app=web'],
    ['app==web', 'app=web'],
    ["' app = web , tier != cache '", "'app=web,tier!=cache'"],
    ["'!canary,app'", "'!canary,app'"],
    ["'app in(v1,v2)'", "'app in (v1,v2)'"],
    ["'tier notin ( front , back ),example.com/a'", "'tier notin (front,back),example.com/a'"],
    ['app=', 'app='],
    ["'in in (in)'", "'in in (in)'"],
  ])('%s', (typed, printed) => {
    const expected = `kubectl rollout restart deployment -l ${printed} -n shop`;
    expect(read(`rollout restart deploy -l ${typed} -n shop`)).toBe(expected);
    expect(read(`rollout restart deployments --selector=${typed} -n shop`)).toBe(expected);
    expect(read(expected)).toBe(expected);
  });

  test.each<[string, string, RegExp]>([
    ["'app=web,,x'", ',', /a label key .* here; not ","/],
    ["'app=web,'", '', /the selector ends/],
    ["'app in (a,b'", '', /"," or "\)" here; the selector ends/],
    ["'app in a'", 'a', /"\(" and the values/],
    ["'app in ()'", ')', /a label value/],
    ["'app web'", 'web', /one of = != in notin/],
    ["'-app=web'", '-app', /a label key/],
    ["'app=web!'", '!', /a comma or the end/],
    ["'app>3'", 'app>3', /a label key/],
    ["'app=-x'", '-x', /a label value/],
    [`"app=web,\\"x\\""`, 'x', /a label key/],
  ])('%s is refused with the caret at what is wrong', (typed, under, reason) => {
    const found = refusal(`delete pod -l ${typed}`);
    expect(found).toMatchObject({ code: 'flag-value', reason: expect.stringMatching(reason) });
    expect(found.under?.replaceAll(/["'\\]/g, '')).toBe(under);
  });

  test.each<[string, RefusalCode, RegExp]>([
    ['delete pod -l ""', 'flag-value', /needs a label selector/],
    ['delete pod -l', 'flag-value', /needs a label selector/],
    [`delete pod -l ${'a'.repeat(60)},${'b,'.repeat(300)}c`, 'flag-value', /at most 512/],
    ['delete pod a -l app=web', 'several-targets', /A name cannot be given together/],
    ['delete pod/a -l app=web', 'several-targets', /A name cannot be given together/],
    ['delete -l app=web', 'missing-target', /needs the Pod or Job/],
    ['label node -l zone=a b=c', 'several-targets', /^One node at a time/],
    ['create job a --from=cronjob/b -l c=d', 'several-targets', /made from one object/],
    ['delete pod -l !a', 'character', /single quotes/],
    ['delete pod -l a in (b)', 'several-commands', /needs quotes/],
    [
      'delete pod --field-selector=status.phase=Failed',
      'several-targets',
      /chosen by name here, or by label \(-l\) where a command takes several, not by their fields/,
    ],
    ['delete pod -A -l app=web', 'several-targets', /one namespace/],
  ])('%s', (text, code, reason) => {
    expect(refusal(text)).toMatchObject({ code, reason: expect.stringMatching(reason) });
  });
});
