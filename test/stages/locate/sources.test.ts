import { expect, test } from 'vitest';
import type { GitSource, ManifestSource } from '../../../src/domain/facts/manifest-source.ts';
import { gitOpsPolicy } from '../../../src/domain/policy/repositories.ts';
import { placeOf } from '../../../src/stages/locate/place.ts';
import { caseOf } from '../../fixtures/git.ts';
import { byHand, hosts, mapping, source } from './application.ts';

const chart: GitSource = { ...source, repository: 'https://git.example/other', path: 'charts/web' };
const values = 'charts/web/values.yaml';
const helm = {
  ...mapping,
  path: 'charts/web',
  form: 'helm',
  keys: [{ field: 'spec.replicas', key: 'replicas' }],
};
const one = (more: object) => ({
  ...{ repository: 'https://charts.example', path: '', valueFiles: [], overrides: [] },
  ...more,
});
const unclear = (...sources: object[]): ManifestSource =>
  ({ kind: 'unclear', owner: source.owner, reason: 'it has 2 sources', sources: sources.map(one) }) as never;
const here = { repository: 'git@git.example:other.git' };
const refers = (...valueFiles: string[]) =>
  unclear(
    { valueFiles },
    { ...here, ref: 'v' },
    { path: 'else', overrides: ['spec.sources[2].helm.values'] },
  );
const at = (place: object) => ({ kind: 'place', place });

test.each<[string, ManifestSource, object, object]>([
  ['those of its chart alone', chart, helm, at({ under: [], over: [] })],
  [
    'those that its owner gives after them',
    { ...chart, valueFiles: ['./../prod.yaml', '/top.yaml'] },
    helm,
    at({ under: [], over: ['charts/prod.yaml', 'top.yaml'] }),
  ],
  [
    'those before, where the mapping is to one of several',
    { ...chart, valueFiles: ['a.yaml', 'b.yaml', 'c.yaml'] },
    { ...helm, values: 'charts/web/b.yaml' },
    at({ under: [values, 'charts/web/a.yaml'], over: ['charts/web/c.yaml'], isNamed: true }),
  ],
  [
    'none that has no known name',
    { ...chart, valueFiles: ['https://x.example/v.yaml'] },
    helm,
    byHand('takes the values of https://x.example/v.yaml over those of charts/web/values.yaml'),
  ],
  [
    'none by a pattern',
    { ...chart, valueFiles: ['env-*.yaml'] },
    helm,
    byHand('the values of env-*.yaml over'),
  ],
  [
    'those that its chart takes by itself, which its owner does not name',
    { ...chart, valueFiles: ['a.yaml'] },
    helm,
    at(expect.not.objectContaining({ isNamed: true })),
  ],
  [
    'none of the usual name that is not below its chart',
    { ...chart, valueFiles: ['a.yaml'] },
    { ...helm, values: 'envs/values.yaml' },
    byHand('does not take the values of envs/values.yaml.'),
  ],
  [
    'none of a variable',
    { ...chart, valueFiles: ['$ENV.yaml'] },
    helm,
    byHand('the values of $ENV.yaml over'),
  ],
  [
    'none that its owner does not take',
    { ...chart, valueFiles: ['a.yaml'] },
    { ...helm, values: 'charts/web/b.yaml' },
    byHand('Application argocd/shop does not take the values of charts/web/b.yaml'),
  ],
  [
    'none that may be among others',
    { ...chart, valueFiles: ['*.yaml'] },
    { ...helm, values: 'charts/web/b.yaml' },
    byHand('whether charts/web/b.yaml is among them is not known'),
  ],
  [
    'of another repository',
    { ...chart, repository: 'https://git.example/x' },
    helm,
    at({ path: 'charts/web' }),
  ],
  [
    'of another source that refers to them',
    refers('$v/envs/all.yaml', '$v/envs/prod.yaml'),
    { ...helm, values: 'envs/all.yaml' },
    at({ under: [], over: ['envs/prod.yaml'] }),
  ],
  [
    'of another source that has more of its own',
    refers('$v/envs/all.yaml', 'prod.yaml'),
    { ...helm, values: 'envs/all.yaml' },
    byHand('takes the values of prod.yaml over those of envs/all.yaml'),
  ],
  [
    'not those of two sources',
    unclear({ valueFiles: ['$v/a.yaml'] }, { valueFiles: ['$v/a.yaml'] }, { ...here, ref: 'v' }),
    { ...helm, values: 'a.yaml' },
    byHand('a.yaml is read for several sources of Application argocd/shop'),
  ],
  [
    'not where the one of several that takes them has parameters',
    unclear(
      { valueFiles: ['$v/a.yaml'], overrides: ['spec.sources[0].helm.parameters'] },
      { ...here, ref: 'v' },
    ),
    { ...helm, values: 'a.yaml' },
    byHand('changes by itself what the files say: spec.sources[0].helm.parameters'),
  ],
  [
    'not by a pattern of another source',
    unclear({ valueFiles: ['$v/envs/*.yaml'] }, { ...here, ref: 'v' }),
    { ...helm, values: 'envs/prod.yaml' },
    byHand('$v/envs/*.yaml, and whether envs/prod.yaml is among them is not known'),
  ],
  [
    'not by a variable of another source',
    unclear({ valueFiles: ['$v/$ARGOCD_APP_NAME.yaml', '$v/prod.yaml'] }, { ...here, ref: 'v' }),
    { ...helm, values: 'shop.yaml' },
    byHand('$v/$ARGOCD_APP_NAME.yaml, and whether shop.yaml is among them is not known'),
  ],
  [
    'not by a pattern of a repository that it is not to',
    unclear({ valueFiles: ['envs/*.yaml'] }, { ...here, ref: 'v' }),
    { ...helm, values: 'envs/prod.yaml' },
    at({ values: 'envs/prod.yaml' }),
  ],
  [
    'of a source that only lends its files, at the top',
    unclear({ valueFiles: ['$v/values.yaml'] }, { ...here, ref: 'v' }),
    { ...helm, path: '' },
    at({ under: [], over: [] }),
  ],
  [
    'none that is named twice',
    { ...chart, valueFiles: ['a.yaml', 'b.yaml', 'a.yaml'] },
    { ...helm, values: 'charts/web/b.yaml' },
    byHand('Application argocd/shop names the values of charts/web/a.yaml twice'),
  ],
  [
    'none that a pattern before it may name as well',
    { ...chart, valueFiles: ['env-*.yaml', 'env-a.yaml'] },
    { ...helm, values: 'charts/web/env-a.yaml' },
    byHand('may name the values of charts/web/env-a.yaml twice, by env-*.yaml'),
  ],
  [
    'one that a pattern before it cannot name',
    { ...chart, valueFiles: ['base/*.yaml', 'env-a.yaml'] },
    { ...helm, values: 'charts/web/env-a.yaml' },
    at({ under: [values], over: [] }),
  ],
  [
    'none of the usual name that may be among others',
    { ...chart, valueFiles: ['envs/*/values.yaml'] },
    { ...helm, values: 'charts/web/envs/prod/values.yaml' },
    byHand('whether charts/web/envs/prod/values.yaml is among them is not known'),
  ],
  [
    'none of the usual name that may be among those of another source',
    unclear({ valueFiles: ['$v/envs/*/values.yaml'] }, { ...here, ref: 'v' }),
    { ...helm, values: 'envs/prod/values.yaml' },
    byHand('$v/envs/*/values.yaml, and whether envs/prod/values.yaml is among them is not known'),
  ],
  [
    'one of the usual name that cannot be among them',
    unclear({ valueFiles: ['$v/envs/*/values.yaml'] }, { ...here, ref: 'v' }),
    helm,
    at({ path: 'charts/web' }),
  ],
  [
    'one by a variable with a way back, which may be any',
    unclear({ valueFiles: ['$v/envs/$ARGOCD_APP_NAME/../values.yaml'] }, { ...here, ref: 'v' }),
    helm,
    byHand('whether charts/web/values.yaml is among them is not known'),
  ],
  [
    'none of the usual name that its owner does not take',
    { ...chart, valueFiles: ['a.yaml', 'envs/*.yaml'] },
    { ...helm, values: 'charts/web/charts/db/values.yaml' },
    byHand(
      'does not take the values of charts/web/charts/db/values.yaml itself; those of a chart that it takes in',
    ),
  ],
  [
    'not those of one that lends its files and makes something of its top as well',
    unclear({ valueFiles: ['$v/values.yaml'] }, { ...here, ref: 'v', path: '.' }),
    { ...helm, path: '' },
    byHand('values.yaml is read for several sources of Application argocd/shop'),
  ],
  [
    'none, where it is to none of a chart, whatever others take',
    unclear({ valueFiles: ['$v/*/values.yaml'] }, { ...here, ref: 'v' }, { ...here, path: 'web' }),
    mapping,
    { kind: 'place', place: expect.not.objectContaining({ over: expect.anything() }) },
  ],
  [
    "those of its chart, that are named once besides Helm's own reading",
    { ...chart, valueFiles: ['values.yaml', 'a.yaml'] },
    helm,
    at({ over: ['charts/web/a.yaml'] }),
  ],
])('finds values: %s', (_name, where, to, expected) => {
  expect(placeOf(caseOf(where), gitOpsPolicy.parse({ hosts, repositories: [to] }))).toMatchObject(expected);
});

test.each<[string, ManifestSource, object, object]>([
  [
    'images of the source that it is to',
    unclear({ ...here, path: 'web', overrides: ['spec.sources[0].kustomize.images'] }, { path: 'x' }),
    mapping,
    byHand('spec.sources[0].kustomize.images'),
  ],
  [
    'images of a folder below',
    unclear({ ...here, path: 'web/prod', overrides: ['spec.sources[0].kustomize.images'] }, {}),
    mapping,
    byHand('spec.sources[0].kustomize.images'),
  ],
  [
    'images of one of them, where it is to none',
    unclear({ overrides: ['spec.sources[0].kustomize.images'] }, {}),
    mapping,
    byHand('spec.sources[0].kustomize.images'),
  ],
  [
    'not images of another folder',
    unclear(
      { ...here, path: 'web' },
      { ...here, path: 'api', overrides: ['spec.sources[1].kustomize.images'] },
    ),
    mapping,
    at({ path: 'web' }),
  ],
  [
    'values of a HelmRelease that nothing makes',
    { kind: 'unclear', reason: 'x', overrides: ['spec.values'] },
    helm,
    byHand('Its owner changes by itself what the files say: spec.values'),
  ],
  [
    'not values that the mapping itself is to',
    unclear({ overrides: ['spec.source.helm.valuesObject'] }),
    { ...helm, keys: [{ field: 'spec.replicas', key: 'spec.source.helm.valuesObject.replicas' }] },
    at({ form: 'helm' }),
  ],
  [
    'its name, where it has several sources',
    unclear({ ...here, path: 'web' }, {}),
    mapping,
    at({ application: { namespace: 'argocd', name: 'shop' } }),
  ],
  [
    'not its name, where the mark may be copied',
    { kind: 'unclear', owner: source.owner, reason: 'it does not list Deployment web as its own' },
    mapping,
    { kind: 'place', place: expect.not.objectContaining({ application: expect.anything() }) },
  ],
  [
    'not values of a folder that the mapping itself is to',
    { ...chart, valueFiles: ['a.yaml'], overrides: ['spec.source.helm.valuesObject'] },
    {
      ...{ ...helm, values: 'apps/shop.yaml' },
      keys: [{ field: 'spec.replicas', key: 'spec.source.helm.valuesObject.replicas' }],
    },
    at({ values: 'apps/shop.yaml' }),
  ],
  [
    'values of a folder that it is to',
    { ...chart, overrides: ['spec.source.helm.valuesObject'] },
    helm,
    byHand('spec.source.helm.valuesObject'),
  ],
  [
    'parameters of a chart, where it is to a source that only lends its files',
    unclear(
      { valueFiles: ['$v/envs/$ARGOCD_APP_NAME.yaml'], overrides: ['spec.sources[0].helm.parameters'] },
      { ...here, ref: 'v' },
    ),
    { ...helm, path: '', values: 'envs/shop.yaml' },
    byHand('spec.sources[0].helm.parameters'),
  ],
  [
    'how its folder becomes objects',
    { ...chart, path: 'web', form: 'directory', recurse: false, ignore: 'x', namespace: 'shop' },
    { ...plainMapping(), path: 'web/' },
    at({ form: 'directory', recurse: false, ignore: 'x', namespace: 'shop' }),
  ],
  [
    'not how another folder does',
    { ...chart, path: 'else', form: 'directory', ignore: 'x', namespace: 'shop' },
    plainMapping(),
    { kind: 'place', place: expect.not.objectContaining({ form: expect.anything() }) },
  ],
])('knows by a mapping of its owner: %s', (_name, where, to, expected) => {
  expect(placeOf(caseOf(where), gitOpsPolicy.parse({ hosts, repositories: [to] }))).toMatchObject(expected);
});

function plainMapping() {
  const { form: _form, ...rest } = mapping;
  return rest;
}
