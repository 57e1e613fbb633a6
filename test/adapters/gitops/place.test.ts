import { expect, test } from 'vitest';
import { changePlace } from '../../../src/adapters/gitops/place.ts';
import type { GitPlace } from '../../../src/domain/manifest/git-change.ts';
import { bare, image, replicas, web } from './repository.ts';

const owner = { kind: 'Application', namespace: 'argocd', name: 'shop' } as const;
const place: GitPlace = {
  ...{ repository: 'https://git.example/shop', branch: 'main', path: 'apps', recurse: false, keys: [] },
  ...{ owner, selfHeal: true },
};
const { owner: _owner, ...unowned } = place;
const wanted = [{ kind: 'Deployment', name: 'web', namespace: 'shop', fields: [replicas(5)] }];

test.each<[string, GitPlace, string, boolean]>([
  ['for all Applications', place, 'apps/.argocd-source.yaml', true],
  ['for its own', place, 'apps/.argocd-source-shop.yaml', true],
  ['for its own by its namespace', place, 'apps/.argocd-source-argocd_shop.yaml', true],
  ['for another', place, 'apps/.argocd-source-bar.yaml', false],
  ['for another, where nobody is known to apply it', unowned, 'apps/.argocd-source-bar.yaml', true],
  [
    'for another than the one of several sources',
    { ...unowned, application: { namespace: 'argocd', name: 'shop' } },
    'apps/.argocd-source-bar.yaml',
    false,
  ],
  [
    'for the one of several sources',
    { ...unowned, application: { namespace: 'argocd', name: 'shop' } },
    'apps/.argocd-source-shop.yaml',
    true,
  ],
  ['beside its values', { ...unowned, values: 'charts/values.yaml' }, 'charts/.argocd-source.yaml', true],
  ['in another folder', place, 'other/.argocd-source.yaml', false],
  [
    'of Argo CD where Flux applies',
    { ...place, owner: { ...owner, kind: 'Kustomization' } },
    'apps/.argocd-source.yaml',
    false,
  ],
])('a file that overrides what others say: %s', (_name, at, file, isRefused) => {
  const files = new Map([
    ['apps/web.yaml', web],
    [file, 'kustomize: {images: ["registry.example/web:9"]}\n'],
  ]);
  expect(changePlace(files, at, wanted)).toMatchObject(
    isRefused
      ? { kind: 'refused', reason: `Argo CD takes ${file} over what the other files say` }
      : { kind: 'changes' },
  );
});

const flux: GitPlace = {
  ...place,
  owner: { kind: 'Kustomization', namespace: 'flux-system', name: 'apps' },
  recurse: true,
};
const built = { 'apps/web/kustomization.yaml': 'resources: [web.yaml]\nreplicas: [{name: web, count: 4}]\n' };
const nested = { ...built, 'apps/web/web.yaml': web };
const changed = (...lines: string[]) => ({
  kind: 'changes',
  lines: lines.map((line) => {
    const [file, after] = line.split(':');
    return { file, after: expect.stringContaining(`${after}`) };
  }),
});
const leftOut = {
  kind: 'refused',
  reason: expect.stringContaining('Flux leaves out files by .sourceignore'),
};
const github = { '.github/workflows/ci.yaml': 'on: push\n' };
const naming = (file: string) => ({
  kind: 'refused',
  reason: `Flux leaves out files by .sourceignore or spec.ignore, such as ${file}; without them the result is another one`,
});

test.each<[string, GitPlace, Record<string, string>, object]>([
  [
    'a kustomization below a folder without one, by Flux',
    flux,
    nested,
    changed('apps/web/kustomization.yaml:replicas'),
  ],
  [
    'a folder without any, by Flux',
    flux,
    { 'apps/a/b/web.yaml': web },
    changed('apps/a/b/web.yaml:  replicas'),
  ],
  [
    'a patch for the namespace that Flux gives to all',
    { ...flux, path: 'apps/web', namespace: 'shop' },
    {
      ...nested,
      'apps/web/web.yaml': bare,
      'apps/web/kustomization.yaml': `resources: [web.yaml]
patchesJson6902:
  - target: {kind: Deployment, name: web, namespace: shop}
    patch: |-
      - op: replace
        path: /spec/replicas
        value: 4
`,
    },
    changed('apps/web/kustomization.yaml:        value: 5'),
  ],
  [
    'a namespace that Flux puts in the place of the one of the files',
    { ...flux, namespace: 'shop' },
    { 'apps/web.yaml': web.replace('namespace: shop', 'namespace: elsewhere') },
    changed('apps/web.yaml:  replicas'),
  ],
  [
    'JSON, which Flux does not take there',
    flux,
    {
      'apps/web.json': JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
      }),
    },
    { kind: 'refused', reason: expect.stringContaining('no file that apps builds makes Deployment web') },
  ],
  [
    'a file that a kustomization elsewhere takes as well',
    flux,
    { 'apps/web.yaml': web, 'dev/kustomization.yaml': 'resources: [../apps/web.yaml]\n' },
    { kind: 'refused', reason: expect.stringContaining('is used by dev/kustomization.yaml as well') },
  ],
  ...[
    '/apps/web.yaml',
    'web.yaml',
    'apps/',
    '/*',
    '**/web.yaml',
    'apps/**',
    'apps/*/**',
    'w?b.*',
    '[w]eb.yaml',
  ].map((line): [string, GitPlace, Record<string, string>, object] => [
    `what is left out by ${line}`,
    { ...flux, ignore: `# ours\n${line}\n` },
    { 'apps/web.yaml': web },
    leftOut,
  ]),
  ...['/app', 'web', 'web.yaml/', '/*/x', '*.json', '/web.yaml', 'apps/web.yaml\n!web.yaml'].map(
    (line): [string, GitPlace, Record<string, string>, object] => [
      `what is not left out by ${line}`,
      { ...flux, ignore: line },
      { 'apps/web.yaml': web },
      changed('apps/web.yaml:  replicas'),
    ],
  ),
  [
    'all but its own folder left out',
    { ...flux, ignore: '/*\n!/apps' },
    { 'apps/web.yaml': web, 'dev/web.yaml': web },
    changed('apps/web.yaml:  replicas'),
  ],
  [
    'what a file of its folder leaves out',
    flux,
    { 'apps/web.yaml': web, 'apps/.sourceignore': 'web.yaml\n' },
    leftOut,
  ],
  [
    'what a file of another folder leaves out',
    flux,
    { 'apps/web.yaml': web, 'dev/.sourceignore': 'web.yaml\n', 'dev/web.yaml': web },
    changed('apps/web.yaml:  replicas'),
  ],
  [
    'a kustomization that is left out, so that Flux makes one',
    flux,
    { ...nested, 'apps/web/.sourceignore': 'kustomization.yaml\n' },
    leftOut,
  ],
  [
    'a file that makes it and is left out, which is named',
    { ...flux, ignore: '/apps/a.yaml\n/apps/web.yaml' },
    { ...github, 'apps/a.yaml': 'a: 1\n', 'apps/web.yaml': web },
    naming('apps/web.yaml'),
  ],
  [
    'a file of its folder that is left out, which is named',
    { ...flux, path: '', ignore: 'kustomization.yaml' },
    {
      ...github,
      'kustomization.yaml': 'resources: [web.yaml]\nreplicas: [{name: web, count: 4}]\n',
      'web.yaml': web,
    },
    naming('kustomization.yaml'),
  ],
  [
    'a folder that Argo CD is told to read as it is, whatever is in it',
    { ...place, form: 'directory' },
    {
      'apps/web.yaml': web,
      'apps/kustomization.yaml': 'resources: [web.yaml]\nreplicas: [{name: web, count: 4}]\n',
    },
    changed('apps/web.yaml:  replicas'),
  ],
  [
    'a file that Argo CD is told to skip',
    place,
    { 'apps/web.yaml': `# +argocd:skip-file-rendering\n${web}` },
    { kind: 'refused', reason: expect.stringContaining('no file in apps makes Deployment web') },
  ],
  [
    'a kustomization beside a chart: what Argo CD takes',
    place,
    {
      'apps/web.yaml': web,
      'apps/kustomization.yaml': 'resources: [web.yaml]\n',
      'apps/Chart.yaml': 'name: x\n',
    },
    changed('apps/web.yaml:  replicas'),
  ],
  [
    'a kustomization beside a chart whose values a mapping names',
    { ...place, keys: [{ field: 'spec.replicas', key: 'replicas', part: 'whole' }] },
    { 'apps/values.yaml': 'replicas: 3\n', 'apps/kustomization.yaml': '', 'apps/Chart.yaml': 'name: x\n' },
    { kind: 'refused', reason: expect.stringContaining('the policy has to say which form it has') },
  ],
  [
    'values of a chart that its own chart has by another name',
    {
      ...{ ...place, path: 'web', form: 'helm', under: [], over: [] },
      keys: [{ field: 'spec.replicas', key: 'db.replicas', part: 'whole' }],
    },
    {
      'web/Chart.yaml': 'dependencies: [{name: db, alias: store}]\n',
      'web/values.yaml': 'db: {replicas: 3}\n',
    },
    { kind: 'refused', reason: expect.stringContaining('web/Chart.yaml takes in db as store') },
  ],
  ...[{ under: [], over: [] }, {}].map((told): [string, GitPlace, Record<string, string>, object] => [
    `values of a chart within another, ${'under' in told ? '' : 'not '}told by its owner`,
    {
      ...{ ...place, ...told, path: 'web/charts/db', form: 'helm' },
      keys: [{ field: 'spec.replicas', key: 'replicas', part: 'whole' }],
    },
    {
      'web/Chart.yaml': 'name: web\n',
      'web/charts/db/Chart.yaml': 'name: db\n',
      'web/charts/db/values.yaml': 'replicas: 3\n',
    },
    'under' in told
      ? changed('web/charts/db/values.yaml:replicas: 5')
      : { kind: 'refused', reason: expect.stringContaining('change it there, under db') },
  ]),
])('what applies it makes of the files: %s', (_name, at, files, expected) => {
  expect(changePlace(new Map(Object.entries(files)), at, wanted)).toMatchObject(expected);
});

test('what a HelmRelease has beside the value is seen in all that builds it', () => {
  const release = { namespace: 'shop', name: 'web' };
  const field = 'spec.template.spec.containers[app].image';
  const keys = [{ field, key: 'image.tag', part: 'tag' } as const];
  const at: GitPlace = { ...flux, owner: { kind: 'HelmRelease', ...release }, release, keys };
  const manifest = `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: shop}\nspec:\n  values:\n    image:\n      tag: "1"\n`;
  const tag = [
    {
      ...wanted[0],
      ...{ kind: 'Deployment', name: 'web', namespace: 'shop' },
      fields: [image('web:2', 'web:1')],
    },
  ];
  const files = (overlay: string) =>
    new Map([
      ['apps/kustomization.yaml', `resources: [../base]\n${overlay}`],
      ['base/kustomization.yaml', 'resources: [release.yaml]\n'],
      ['base/release.yaml', manifest],
    ]);
  expect(changePlace(files(''), at, tag)).toMatchObject(changed('base/release.yaml:      tag'));
  const patch = `patches:\n- target: {kind: HelmRelease}\n  patch: '[{op: add, path: /spec/values/image/digest, value: "sha256:aa"}]'\n`;
  expect(changePlace(files(patch), at, tag)).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('image.digest is set as well'),
  });
});
