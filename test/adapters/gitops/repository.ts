import { expect } from 'vitest';
import { changeRepository, type Form } from '../../../src/adapters/gitops/change.ts';
import type { LastingField, ManifestStep } from '../../../src/domain/manifest/lasting.ts';

/** One repository, what is wanted of it, and what comes out: changed lines as `file:line after`, or a part of the refusal. */
export interface Shape {
  readonly files: Readonly<Record<string, string>>;
  readonly source?: Form;
  readonly fields: readonly LastingField[];
  readonly becomes: readonly string[] | RegExp | 'already';
  readonly object?: { readonly kind?: string; readonly name?: string; readonly namespace?: string };
}

const containers = ['spec', 'template', 'spec', 'containers'] as const;

/** A field of the container `app` of a workload. */
export const ofContainer = (...path: readonly ManifestStep[]): readonly ManifestStep[] => [
  ...containers,
  { name: 'app' },
  ...path,
];

export const image = (value: string, was?: string): LastingField => ({
  path: ofContainer('image'),
  value,
  ...(was === undefined ? {} : { was }),
});
export const replicas = (value: number): LastingField => ({ path: ['spec', 'replicas'], value });

export const kustomize = (path: string): Form => ({ form: 'kustomize', path });

/** A Deployment `web` in `shop` with one container `app`, three replicas, as people write it. */
export const web = `# The shop's front
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web   # do not rename
  namespace: shop

spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: app
          image: registry.example/web:1.2   # pinned
          env:
            - name: LEVEL
              value: "info"
          resources:
            limits: {memory: 256Mi, cpu: 1}
`;

/** The same Deployment without a namespace, in a base of its own, and an overlay `prod` of that. */
export const bare = web.replace('  namespace: shop\n', '');
export const base = { 'base/kustomization.yaml': 'resources:\n  - web.yaml\n', 'base/web.yaml': bare };
export const overlay = (text: string) => ({
  ...base,
  'prod/kustomization.yaml': `resources: [../base]\n${text}`,
});
export const prod = kustomize('prod');
export const next = image('registry.example/web:1.3');

/** The overlay with a patch of the Deployment that stands in its kustomization. */
export const inline = (patch: string) =>
  overlay(`patches:
  - target: {kind: Deployment, name: web}
    patch: |-
${patch.replaceAll(/^/gm, '      ')}
`);

/** Applies and holds: the named lines, and in each changed file the bytes of one stretch within each of those lines. */
export function check({ files, source, fields, becomes, object }: Shape): void {
  const before = new Map(Object.entries(files));
  const wanted = { kind: 'Deployment', name: 'web', namespace: 'shop', ...object, fields };
  const answer = changeRepository(before, source ?? { form: 'directory', path: '', recurse: true }, wanted);
  if (becomes instanceof RegExp) {
    expect(answer).toMatchObject({ kind: 'refused', reason: expect.stringMatching(becomes) });
    return;
  }
  if (becomes === 'already') {
    expect(answer).toEqual({ kind: 'already' });
    return;
  }
  expect(answer).toMatchObject({ kind: 'changes' });
  if (answer.kind !== 'changes') return;
  expect(answer.lines.map(({ file, line, after }) => `${file}:${line} ${after.trim()}`)).toEqual(becomes);
  for (const [file, text] of answer.files) {
    const old = (before.get(file) ?? '').split('\n');
    const now = text.split('\n');
    expect(now).toHaveLength(old.length);
    const changed = now.flatMap((line, index) => (line === old[index] ? [] : [index + 1]));
    const told = answer.lines.filter((line) => line.file === file).map(({ line }) => line);
    expect(changed).toEqual([...new Set(told)].toSorted((a, b) => a - b));
  }
}
