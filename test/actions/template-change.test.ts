import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { contentText, isSameContent, templateChange } from '../../src/actions/pod-template/change.ts';
import { changeParts, changeSentence } from '../../src/actions/pod-template/change-words.ts';
import { sameTemplate } from '../../src/actions/pod-template/template.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';

const restartedAt = 'kubectl.kubernetes.io/restartedAt';

const web = (more: JsonObject = {}): JsonObject => ({ name: 'web', image: 'registry/web:2', ...more });
const template = (spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject => ({
  metadata: { labels: { app: 'web' }, ...metadata },
  spec: { containers: [web()], ...spec },
});

function told(live: JsonObject, next: JsonObject): string {
  const change = templateChange(live, next);
  if (change === undefined) throw new Error('no template');
  return changeSentence(change);
}

const variable = (name: string, value: string) => ({ name, value });
const limits = (memory: string) => ({ resources: { limits: { memory } } });

describe('what a template changes', () => {
  it.each<[string, JsonObject, JsonObject, string]>([
    [
      'an image',
      template(),
      template({ containers: [web({ image: 'registry/web:1' })] }),
      'web: registry/web:2 -> registry/web:1.',
    ],
    [
      'variables by name, never by value',
      template({ containers: [web({ env: [variable('A', 'hunter2'), variable('B', 'x')] })] }),
      template({ containers: [web({ env: [variable('A', 'hunter3'), variable('C', 'y')] })] }),
      'web: variable C comes, variable B goes, variable A changes.',
    ],
    [
      'the order of variables, in which they are expanded',
      template({ containers: [web({ env: [variable('A', '1'), variable('B', '$(A)')] })] }),
      template({ containers: [web({ env: [variable('B', '$(A)'), variable('A', '1')] })] }),
      'web: order of variables changes.',
    ],
    [
      'resources with their quantities',
      template({ containers: [web(limits('256Mi'))] }),
      template({ containers: [web(limits('128Mi'))] }),
      'web: limits.memory 256Mi -> 128Mi.',
    ],
    [
      'probes, commands and arguments by name',
      template({ containers: [web({ command: ['a'], readinessProbe: { periodSeconds: 1 } })] }),
      template({ containers: [web({ args: ['b'], readinessProbe: { periodSeconds: 2 } })] }),
      'web: args changes, command changes, readinessProbe changes.',
    ],
    [
      'containers and init containers that come and go',
      template({ containers: [web(), { name: 'proxy', image: 'envoy:1' }] }),
      template({ initContainers: [{ name: 'migrate', image: 'migrate:1' }] }),
      'container proxy goes (envoy:1); init container migrate comes (migrate:1).',
    ],
    [
      'a container that becomes an init container of its name',
      template({ containers: [web(), { name: 'log', image: 'log:1' }] }),
      template({ initContainers: [{ name: 'log', image: 'log:1' }] }),
      'container log goes (log:1); init container log comes (log:1).',
    ],
    [
      'volumes, labels and annotations',
      template({ volumes: [{ name: 'cache', emptyDir: {} }] }, { annotations: { scrape: 'yes' } }),
      template(
        { volumes: [{ name: 'cache', emptyDir: { medium: 'Memory' } }] },
        { labels: { app: 'web', tier: 'a' } },
      ),
      'volume cache changes; label tier comes; annotation scrape goes.',
    ],
    [
      'whatever else the pod is made from',
      template(),
      template({ serviceAccountName: 'admin', hostNetwork: true }),
      'spec.hostNetwork changes; spec.serviceAccountName changes.',
    ],
    [
      'a difference that has no words of its own',
      template({ containers: [web({ env: [] })] }),
      template(),
      'web: what it is written as changes.',
    ],
  ])('%s', (_name, live, next, sentence) => {
    expect(told(live, next)).toBe(sentence);
  });

  it('is nothing where only the annotation of a restart or the hash of a ReplicaSet differs', () => {
    const live = template({}, { annotations: { [restartedAt]: '2026-03-01T12:00:00Z' } });
    const kept = template(
      {},
      { labels: { app: 'web', 'pod-template-hash': '5d4f' }, creationTimestamp: null },
    );
    const change = templateChange(live, kept);
    expect(change).toMatchObject({ restart: true, containers: [], fields: [] });
    expect(change && isSameContent(change)).toBe(true);
    expect(contentText(live)).toBe(contentText(kept));
  });
});

const text = fc.constantFrom('a', 'b', 'c');
const entry = fc.record({ name: text, value: text });
const container = fc.record(
  {
    name: fc.constantFrom('web', 'proxy', 'log'),
    image: text,
    env: fc.uniqueArray(entry, { maxLength: 3, selector: ({ name }) => name }),
    resources: fc.record({ limits: fc.dictionary(fc.constantFrom('cpu', 'memory'), text) }),
    args: fc.array(text, { maxLength: 2 }),
    readinessProbe: fc.record({ periodSeconds: fc.integer({ min: 1, max: 2 }) }),
  },
  { requiredKeys: ['name', 'image'] },
);
const containers = (minLength: number) =>
  fc.uniqueArray(container, { minLength, maxLength: 3, selector: ({ name }) => name });
const anyTemplate = fc.record(
  {
    metadata: fc.record(
      {
        labels: fc.dictionary(fc.constantFrom('app', 'pod-template-hash'), text, { noNullPrototype: true }),
        annotations: fc.dictionary(fc.constantFrom(restartedAt, 'note'), text, { noNullPrototype: true }),
      },
      { requiredKeys: [] },
    ),
    spec: fc.record(
      {
        containers: containers(1),
        initContainers: containers(0),
        volumes: fc.uniqueArray(fc.record({ name: text, emptyDir: fc.record({ medium: text }) }), {
          maxLength: 2,
          selector: ({ name }) => name,
        }),
        hostNetwork: fc.boolean(),
      },
      { requiredKeys: ['containers'] },
    ),
  },
  { requiredKeys: ['metadata', 'spec'] },
);

test('two templates differ in what is told of them, and in nothing else', () => {
  fc.assert(
    fc.property(anyTemplate, anyTemplate, (first, second) => {
      const [live, next] = [JSON.parse(JSON.stringify(first)), JSON.parse(JSON.stringify(second))];
      const change = templateChange(live, next);
      if (change === undefined) throw new Error('no template');
      const silent = changeParts(change).length === 0;
      expect(isSameContent(change)).toBe(silent);
      expect(silent).toBe(contentText(live) === contentText(next));
      if (sameTemplate(live, next)) expect(silent && !change.restart).toBe(true);
      const back = templateChange(next, live);
      expect(back?.containers.map(({ name }) => name).toSorted()).toEqual(
        change.containers.map(({ name }) => name).toSorted(),
      );
    }),
    { numRuns: 500 },
  );
});
