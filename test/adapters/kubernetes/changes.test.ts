import { describe, expect, test } from 'vitest';
import { changesBetween } from '../../../src/adapters/kubernetes/writes/changes.ts';
import type { Call, PatchOperation } from '../../../src/domain/plan.ts';
import { changesText } from '../../../src/domain/text/changes.ts';
import type { Json } from '../../../src/domain/text/json.ts';

const call = (...operations: PatchOperation[]): Call => ({
  kind: 'patch',
  ref: { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'web' },
  operations,
  recognise: { kind: 'fields', uid: 'u', fields: [] },
  sentence: 'x',
});

const object = (containers: Json[], more: { [key: string]: Json } = {}): Json => ({
  metadata: { name: 'web', resourceVersion: '1', generation: 1, annotations: { note: 'live-and-private' } },
  spec: { replicas: 3, template: { spec: { containers } } },
  status: { readyReplicas: 3 },
  ...more,
});
const web = (image: string, env: Json[] = []): Json => ({ name: 'web', image, env });
const at = '/spec/template/spec/containers/0';

describe('what a dry run would change', () => {
  test('is named by the names of containers, without what moves by itself', () => {
    const next = object([web('web:2')], { status: {} });
    expect(
      changesBetween(
        call({ op: 'replace', path: `${at}/image`, value: 'web:2' }),
        object([web('web:1')]),
        next,
      ),
    ).toEqual([{ field: 'containers[web].image', now: 'web:1', next: 'web:2' }]);
  });

  test('tells a new value of a variable to the byte and never an old one', () => {
    const value = ' a  `b` $(C) ';
    const found = changesBetween(
      call({ op: 'replace', path: `${at}/env/0`, value: { name: 'A', value } }),
      object([web('web:1', [{ name: 'A', value: 'live-and-private' }])]),
      object([web('web:1', [{ name: 'A', value }])]),
    );
    expect(found).toEqual([{ field: 'containers[web].env[A]', now: '(not shown)', next: value }]);
  });

  test('marks what the action does not write', () => {
    const sidecar = { name: 'proxy', image: 'proxy:1', args: ['--token=live-and-private'] };
    const found = changesBetween(
      call({ op: 'replace', path: `${at}/image`, value: 'web:2' }),
      object([web('web:1')]),
      object([web('web:2'), sidecar]),
    );
    expect(found).toEqual([
      { field: 'containers[web].image', now: 'web:1', next: 'web:2' },
      { field: 'containers[proxy]', now: 'absent', next: 'there, with image proxy:1', foreign: true },
    ]);
    expect(JSON.stringify(found)).not.toContain('private');
  });

  test.each([
    ['2026-11-27T02:53:24.380Z', '2026-11-27T02:53:24.380Z'],
    ['2026-11-27T03:53:24+01:00', '2026-11-27T03:53:24+01:00'],
    ['live-and-private', '(not shown)'],
  ])('tells when the pods were restarted before: %s', (before, now) => {
    const restarted = (time: string): Json => ({
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': time } } } },
    });
    const path = '/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt';
    const value = '2026-11-27T04:00:00.000Z';
    const found = changesBetween(call({ op: 'replace', path, value }), restarted(before), restarted(value));
    expect(found).toEqual([
      {
        field: 'template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]',
        now,
        next: 'the time at which it runs',
      },
    ]);
  });

  test('says nothing of texts that somebody else wrote', () => {
    const found = changesBetween(
      call({ op: 'add', path: '/metadata/annotations/note', value: 'mine' }),
      object([web('web:1')]),
      object([web('web:1')], { metadata: { name: 'web', annotations: { note: 'mine' } } }),
    );
    expect(found).toEqual([{ field: 'metadata.annotations["note"]', now: '(not shown)', next: 'mine' }]);
  });

  test('tells each key of a map that was not there, and of one that goes', () => {
    const bare: Json = { metadata: { name: 'web' }, spec: { replicas: 3 } };
    const labelled: Json = { metadata: { name: 'web', labels: { tier: 'front' } }, spec: { replicas: 3 } };
    const add = call({ op: 'add', path: '/metadata/labels', value: { tier: 'front' } });
    expect(changesBetween(add, bare, labelled)).toEqual([
      { field: 'metadata.labels["tier"]', now: 'absent', next: 'front' },
    ]);
    expect(changesBetween(call({ op: 'remove', path: '/metadata/labels' }), labelled, bare)).toEqual([
      { field: 'metadata.labels["tier"]', now: 'front', next: 'absent' },
    ]);
  });

  test('tells the same change in several containers once', () => {
    const add = (index: number): PatchOperation => ({
      op: 'add',
      path: `/spec/template/spec/containers/${index}/env`,
      value: [{ name: 'A', value: 'x' }],
    });
    const two = (env: Json[]): Json => object(['a', 'b'].map((name) => ({ name, image: 'i:1', env })));
    expect(changesBetween(call(add(0), add(1)), two([]), two([{ name: 'A', value: 'x' }]))).toEqual([
      { field: 'containers[a, b].env[A]', now: 'absent', next: 'x' },
    ]);
  });
});

describe('the table', () => {
  const change = { field: 'spec.replicas', now: '3', next: '5' };
  const told = (changes: (typeof change & { foreign?: true })[]) =>
    changesText({ kind: 'accepted', sentence: '', warnings: [], changes });

  test('is in columns where it fits', () => {
    expect(told([change, { field: 'x', now: 'absent', next: 'there', foreign: true }])).toBe(
      'Field          Now     Then\nspec.replicas  3       5\nx (*)          absent  there',
    );
  });

  test('is stacked where it does not', () => {
    const image = 'registry.example/a-rather-long-name-of-an-image:1.2.3';
    expect(told([{ field: 'containers[web].image', now: image, next: `${image}4` }])).toBe(
      `containers[web].image\n  Now   ${image}\n  Then  ${image}4`,
    );
  });
});
