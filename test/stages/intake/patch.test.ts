import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../../src/stages/intake/command.ts';
import { notes, read, refusal } from './reading.ts';

const patch = (object: string, json: string, more = '') => `patch ${object} -p '${json}'${more} -n shop`;

describe('a patch is understood as what it does', () => {
  test('the negative zero of JSON is zero', () => {
    const given = (zero: string) => parseCommand(patch('deploy/web', `{"spec":{"minReadySeconds":${zero}}}`));
    expect(given('-0')).toEqual(given('0'));
    expect(given('-0.0e3')).toEqual(given('0'));
  });

  test.each([
    [patch('deploy/web', '{"spec":{"replicas":3}}'), 'kubectl scale deployment/web --replicas=3 -n shop'],
    [patch('deploy web', '{"spec": {"paused": true}}'), 'kubectl rollout pause deployment/web -n shop'],
    [patch('deploy/web', '{"spec":{"paused":null}}'), 'kubectl rollout resume deployment/web -n shop'],
    [
      patch('cj/a', '{"spec":{"suspend":true}}'),
      `kubectl patch cronjob/a -p '{"spec":{"suspend":true}}' -n shop`,
    ],
    [
      patch('job/a', '{"spec":{"suspend":false}}', ' --type=merge'),
      `kubectl patch job/a -p '{"spec":{"suspend":false}}' -n shop`,
    ],
    [`patch node worker-1 -p "{\\"spec\\":{\\"unschedulable\\":true}}"`, 'kubectl cordon worker-1'],
    [`patch node worker-1 --patch='{"spec":{"unschedulable":false}}'`, 'kubectl uncordon worker-1'],
    [
      patch('pod/a', '{"metadata":{"labels":{"a":"b","c":null}}}'),
      'kubectl label pod/a a=b c- --overwrite -n shop',
    ],
    [
      patch('sts/db', '{"metadata":{"annotations":{"x/y":"a b"}}}'),
      "kubectl annotate statefulset/db 'x/y=a b' --overwrite -n shop",
    ],
    [
      patch(
        'ds/a',
        '{"spec":{"template":{"spec":{"containers":[{"name":"b","image":"c:1"}],"initContainers":[{"image":"e:1","name":"d"}]}}}}',
      ),
      'kubectl set image daemonset/a b=c:1 d=e:1 -n shop',
    ],
    [
      patch('deploy/web', '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":"25%"}},"minReadySeconds":5}}'),
      `kubectl patch deployment/web --type=merge -p '{"spec":{"minReadySeconds":5,"strategy":{"rollingUpdate":{"maxSurge":"25%"}}}}' -n shop`,
    ],
    [
      patch('hpa web', '{"spec":{"maxReplicas":20}}'),
      `kubectl patch horizontalpodautoscaler/web --type=merge -p '{"spec":{"maxReplicas":20}}' -n shop`,
    ],
    [
      patch(
        'deploy/web',
        '[{"op":"test","path":"/spec/replicas","value":2},{"op":"replace","path":"/spec/replicas","value":3}]',
        ' --type=json',
      ),
      'kubectl scale deployment/web --replicas=3 --current-replicas=2 -n shop',
    ],
    [
      patch(
        'pod/a',
        '[{"op":"add","path":"/metadata/labels/x.io~1y","value":"b"},{"op":"remove","path":"/metadata/labels/c"}]',
        ' --type JSON',
      ),
      'kubectl label pod/a x.io/y=b c- --overwrite -n shop',
    ],
    [
      patch('job/a', '[{"op":"replace","path":"/spec/backoffLimit","value":3}]', ' --type=json'),
      `kubectl patch job/a --type=merge -p '{"spec":{"backoffLimit":3}}' -n shop`,
    ],
    [
      patch('cj/a', '{"spec":{"concurrencyPolicy":"F\\u006frbid"}}'),
      `kubectl patch cronjob/a --type=merge -p '{"spec":{"concurrencyPolicy":"Forbid"}}' -n shop`,
    ],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test('and a note says so where it is not a patch any more', () => {
    expect(notes(patch('deploy/web', '{"spec":{"replicas":3}}'))).toEqual([
      'The patch is understood as "scale".',
    ]);
    expect(notes(patch('deploy/web', '{"spec":{"minReadySeconds":3}}'))).toEqual([]);
  });
});

describe('a patch is refused with the caret at the field', () => {
  test.each<[string, string, RegExp]>([
    [
      patch('deploy/web', '{"spec":{"nodeName":"a"}}'),
      '"nodeName":"a"',
      /^"spec.nodeName" of a Deployment cannot be patched here\. What can: spec.replicas, spec.paused/,
    ],
    [
      patch('deploy/web', '{"spec":{"template":{"spec":{"hostNetwork":true}}}}'),
      '"hostNetwork":true',
      /set image, set env or set resources/,
    ],
    [
      patch('deploy/web', '{"spec":{"template":{"metadata":{"annotations":{"a":"b"}}}}}'),
      '"a":"b"',
      /"rollout restart"/,
    ],
    [
      patch('pod/a', '{"metadata":{"finalizers":null}}'),
      '"finalizers":null',
      /clean-up that would then never happen/,
    ],
    [patch('pod/a', '{"metadata":{"labels":["a"]}}'), '"labels":["a"]', /one by one/],
    [
      patch('pod/a', '{"spec":{"containers":[{"name":"a","image":"b"}]}}'),
      '"containers":[{"name":"a","image":"b"}]',
      /A pod is not changed in place/,
    ],
    [patch('ds/a', '{"spec":{"replicas":3}}'), '"replicas":3', /"spec.replicas" of a DaemonSet/],
    [
      patch('hpa/a', '{"metadata":{"labels":{"a":"b"}}}'),
      '"a":"b"',
      /What can: spec.maxReplicas, spec.minReplicas/,
    ],
    [`patch node a -p '{"spec":{"taints":[]}}'`, '"taints":[]', /changed with "taint"/],
    [
      patch('deploy/web', '{"spec":{"replicas":3,"paused":true}}'),
      '"paused":true',
      /^One change at a time: this means "rollout pause"/,
    ],
    [patch('deploy/web', '{"spec":{"replicas":"3"}}'), '"3"', /a whole number/],
    [patch('deploy/web', '{"spec":{"replicas":null}}'), 'null', /a whole number/],
    [patch('deploy/web', '{"spec":{"paused":"yes"}}'), '"yes"', /true or false/],
    [
      patch('deploy/web', '{"spec":{"minReadySeconds":-1}}'),
      '-1',
      /cannot be the value of spec.minReadySeconds/,
    ],
    [patch('deploy/web', '{"spec":{"minReadySeconds":null}}'), 'null', /cannot be taken away/],
    [patch('cj/a', '{"spec":{"concurrencyPolicy":"Sometimes"}}'), '"Sometimes"', /concurrencyPolicy/],
    [patch('pod/a', '{"metadata":{"labels":{"a":1}}}'), '1', /value of a label/],
    [patch('pod/a', '{"metadata":{"labels":{"a b":"c"}}}'), '"a b":"c"', /cannot name a label/],
    [patch('pod/a', '{"metadata":{"annotations":{"a":"<b>"}}}'), '"<b>"', /to fill in/],
    [
      patch('deploy/web', '{"spec":{"template":{"spec":{"containers":[{"name":"a","env":[]}]}}}}'),
      '"env":[]',
      /only the image can be patched, not "env"/,
    ],
    [
      patch('deploy/web', '{"spec":{"template":{"spec":{"containers":[{"image":"a"}]}}}}'),
      '{"image":"a"}',
      /by its name/,
    ],
    [
      patch('deploy/web', '{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"b c"}]}}}}'),
      '"b c"',
      /not an image/,
    ],
    [
      patch('deploy/web', '{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"B:::c"}]}}}}'),
      '"B:::c"',
      /^"B:::c" is not an image such as/,
    ],
    [
      patch(
        'deploy/web',
        '{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"b"}]}}}}',
        ' --type=merge',
      ),
      '"containers":[{"name":"a","image":"b"}]',
      /cannot be patched/,
    ],
    [patch('deploy/web', '{"spec":{}}'), `'{"spec":{}}'`, /changes nothing/],
    [patch('deploy/web', '[]'), `'[]'`, /is a JSON object/],
    [patch('deploy/web', '{}', ' --type=json'), `'{}'`, /is a list/],
    [
      patch('deploy/web', '[{"op":"move","from":"/a","path":"/b"}]', ' --type=json'),
      '{"op":"move","from":"/a","path":"/b"}',
      /add, replace, remove or test/,
    ],
    [
      patch(
        'deploy/web',
        '[{"op":"add","path":"/spec/template/spec/containers/0/image","value":"a"}]',
        ' --type=json',
      ),
      '{"op":"add","path":"/spec/template/spec/containers/0/image","value":"a"}',
      /set image/,
    ],
    [
      patch('deploy/web', '[{"op":"test","path":"/spec/paused","value":true}]', ' --type=json'),
      '{"op":"test","path":"/spec/paused","value":true}',
      /Only the number of replicas/,
    ],
    [
      patch('deploy/web', '[{"op":"test","path":"/spec/replicas","value":1}]', ' --type=json'),
      `'[{"op":"test","path":"/spec/replicas","value":1}]'`,
      /changes nothing/,
    ],
    [
      patch(
        'deploy/web',
        '[{"op":"add","path":"/spec/replicas","value":1},{"op":"add","path":"/spec/replicas","value":2}]',
        ' --type=json',
      ),
      '{"op":"add","path":"/spec/replicas","value":2}',
      /writes this field twice/,
    ],
    [
      patch('deploy/web', '[{"op":"add","path":"/spec/replicas"}]', ' --type=json'),
      '{"op":"add","path":"/spec/replicas"}',
      /needs a value/,
    ],
    [
      patch('deploy/web', '[{"op":"add","path":"spec"}]', ' --type=json'),
      '{"op":"add","path":"spec"}',
      /needs a path/,
    ],
    [patch('deploy/web', '{"spec":{"replicas":3}'), '', /"," or "}" was expected/],
    [patch('deploy/web', '{"spec":{"replicas":03}}'), '3', /"," or "}"/],
    [patch('deploy/web', '{"spec":{"replicas":3,}}'), '}', /a key in double quotes/],
    [patch('deploy/web', '{"spec":{},"spec":{"replicas":3}}'), '"spec":{"replicas":3}', /each key only once/],
    [patch('deploy/web', '{"a":"b'), '"', /a string that ends/],
    [patch('deploy/web', '{} {}'), '{', /the end of the JSON text/],
    [patch('deploy/web', 'spec: {replicas: 3}'), 's', /YAML is not/],
    [patch('deploy/web', '{"a":'.repeat(30)), '{', /at most 20 levels/],
    [
      `patch deploy/web -p "{\\"spec\\":{\\"nodeName\\":\\"a\\"}}" -n shop`,
      '\\"nodeName\\":\\"a\\"',
      /spec.nodeName/,
    ],
  ])('%s', (text, under, reason) => {
    const found = refusal(text);
    expect(found).toMatchObject({
      code: expect.stringMatching(/bad-patch|placeholder/),
      reason: expect.stringMatching(reason),
    });
    expect(found.under?.replaceAll('\\', '')).toBe(under.replaceAll('\\', ''));
  });

  test.each([
    [
      'patch deploy/web',
      'flag-missing',
      `kubectl patch deployment/NAME -p '{"spec":{"replicas":COUNT}}' -n NAMESPACE`,
    ],
    ['patch cj/a -p', 'flag-value', `kubectl patch cronjob/NAME -p '{"spec":{"suspend":true}}' -n NAMESPACE`],
    [
      `patch deploy/web -p '{}' --type=apply`,
      'flag-value',
      `kubectl patch deployment/NAME -p '{"spec":{"replicas":COUNT}}' -n NAMESPACE`,
    ],
    [
      patch('svc/a', '{}'),
      'kind-not-allowed',
      `kubectl patch deployment/NAME -p '{"spec":{"replicas":COUNT}}' -n NAMESPACE`,
    ],
    [
      'patch deploy/web --patch-file=a.json',
      'file',
      `kubectl patch deployment/NAME -p '{"spec":{"replicas":COUNT}}' -n NAMESPACE`,
    ],
    [
      'patch deploy/web -p {"spec":{"replicas":3}}',
      'quote',
      `kubectl patch deployment/NAME -p '{"spec":{"replicas":COUNT}}' -n NAMESPACE`,
    ],
    [
      patch('deploy/web', '{"spec":{"replicas":3}}', ' --subresource=scale'),
      'not-offered',
      'kubectl scale deployment/web --replicas=3 -n shop',
    ],
    [
      `patch deploy/web -p \u2018{"spec":{"replicas":3}}\u2019 -n shop`,
      'not-ascii',
      'kubectl scale deployment/web --replicas=3 -n shop',
    ],
  ])('%s', (text, code, nearest) => {
    expect(refusal(text)).toMatchObject({ code, nearest });
  });
});
