import { describe, expect, it } from 'vitest';
import { printAction } from '../../src/actions/print.ts';
import {
  type Action,
  action,
  describeTarget,
  imageReference,
  labelName,
  objectName,
  targetKey,
} from '../../src/domain/action.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
const db = { kind: 'StatefulSet', namespace: 'data', name: 'db' } as const;
const node = { kind: 'Node', name: 'worker-1' } as const;
const images = [
  { container: 'web', image: 'web:2' },
  { container: 'proxy', image: 'proxy@sha256:abc' },
];

describe('printAction', () => {
  it.each<[Action, string]>([
    [{ verb: 'rollout restart', target: web }, 'kubectl rollout restart deployment/web -n shop'],
    [{ verb: 'rollout undo', target: db }, 'kubectl rollout undo statefulset/db -n data'],
    [
      { verb: 'rollout undo', target: db, toRevision: 4 },
      'kubectl rollout undo statefulset/db --to-revision=4 -n data',
    ],
    [{ verb: 'rollout pause', target: web }, 'kubectl rollout pause deployment/web -n shop'],
    [{ verb: 'rollout resume', target: web }, 'kubectl rollout resume deployment/web -n shop'],
    [{ verb: 'scale', target: web, replicas: 0 }, 'kubectl scale deployment/web --replicas=0 -n shop'],
    [
      { verb: 'scale', target: web, replicas: 3, currentReplicas: 5 },
      'kubectl scale deployment/web --replicas=3 --current-replicas=5 -n shop',
    ],
    [
      { verb: 'set image', target: web, images },
      'kubectl set image deployment/web web=web:2 proxy=proxy@sha256:abc -n shop',
    ],
    [
      { verb: 'delete pod', target: { kind: 'Pod', namespace: 'shop', name: 'web-0' } },
      'kubectl delete pod web-0 -n shop',
    ],
    [{ verb: 'cordon', target: node }, 'kubectl cordon worker-1'],
    [{ verb: 'uncordon', target: node }, 'kubectl uncordon worker-1'],
  ])('%j', (subject, printed) => {
    expect(action.parse(subject)).toEqual(subject);
    expect(printAction(subject)).toBe(printed);
  });
});

describe('targets', () => {
  it('are described as people read them', () => {
    expect(describeTarget(web)).toBe('Deployment/web in shop');
    expect(describeTarget(node)).toBe('Node/worker-1');
  });

  it('have one key for each object', () => {
    expect(targetKey('kind', web)).toBe('kind/shop/Deployment/web');
    expect(targetKey('kind', node)).toBe('kind/-/Node/worker-1');
  });

  it.each<[string, object]>([
    ['a DaemonSet is not scaled', { verb: 'scale', target: { ...web, kind: 'DaemonSet' }, replicas: 2 }],
    ['a StatefulSet is not paused', { verb: 'rollout pause', target: db }],
    ['a node has no namespace', { verb: 'cordon', target: { ...node, namespace: 'shop' } }],
    ['replicas are not negative', { verb: 'scale', target: web, replicas: -1 }],
    ['replicas fit into 32 bits', { verb: 'scale', target: web, replicas: 2_147_483_648 }],
    ['revision 0 is not a revision', { verb: 'rollout undo', target: web, toRevision: 0 }],
    ['an unknown field', { verb: 'rollout restart', target: web, force: true }],
    ['an unknown verb', { verb: 'exec', target: web }],
  ])('refused: %s', (_name, subject) => {
    expect(action.safeParse(subject).success).toBe(false);
  });
});

describe('names', () => {
  it.each(['web', 'web-1', 'a', '0', 'web.example', 'a'.repeat(253)])('object %s', (name) => {
    expect(objectName.safeParse(name).success).toBe(true);
  });

  it.each(['', 'Web', '-web', 'web-', 'web_1', 'web/1', '$POD', '<name>', 'web\n', 'wéb', 'a'.repeat(254)])(
    'no object %j',
    (name) => {
      expect(objectName.safeParse(name).success).toBe(false);
    },
  );

  it('a namespace has no dots and at most 63 characters', () => {
    expect(labelName.safeParse('a.b').success).toBe(false);
    expect(labelName.safeParse('a'.repeat(63)).success).toBe(true);
    expect(labelName.safeParse('a'.repeat(64)).success).toBe(false);
  });

  it.each(['web', 'web:1.2', 'registry.example:5000/team/web:1', 'web@sha256:0a1b'])('image %s', (image) => {
    expect(imageReference.safeParse(image).success).toBe(true);
  });

  it.each(['', ' web', 'web:$TAG', 'web;ls', '-web', 'web`id`', 'web\n', 'https://user:password@host/web'])(
    'no image %j',
    (image) => {
      expect(imageReference.safeParse(image).success).toBe(false);
    },
  );
});
