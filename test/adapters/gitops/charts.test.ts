import { describe, test } from 'vitest';
import type { Form } from '../../../src/adapters/gitops/change.ts';
import type { HelmKey } from '../../../src/adapters/gitops/charts/image-parts.ts';
import { check, image, replicas, type Shape } from './repository.ts';

const values = 'replicas: 3\nimage:\n  tag: "1"\n';
const field = 'spec.template.spec.containers[app].image';
const keys: readonly HelmKey[] = [
  { field: 'spec.replicas', key: 'replicas', part: 'whole' },
  { field, key: 'image.tag', part: 'tag' },
];
const chart = (file: string, more: object = {}): Form => ({ form: 'helm', file, keys, ...more });
const inBase = chart('base/values.yaml');
const by = (chart: string, more = '') => `helmCharts:\n- name: web\n${chart}${more}`;
const file = '  valuesFile: values.yaml\n';
const base = (chart: string, more?: string) => ({
  'base/kustomization.yaml': by(chart, more),
  'base/values.yaml': values,
});
const five = { source: inBase, fields: [replicas(5)] };
const three = ['base/values.yaml:1 replicas: 5'];

const inflated: Record<string, Shape> = {
  'a file that a kustomization gives to a chart': { files: base(file), ...five, becomes: three },
  'one that is given besides': {
    files: base('  additionalValuesFiles: [./values.yaml]\n'),
    ...five,
    becomes: three,
  },
  'one with a text beside it that sets something else': {
    files: base(`${file}  valuesInline: {image: {pull: Always}}\n`),
    ...five,
    becomes: three,
  },
  'one with a text over it': {
    files: base(`${file}  valuesInline: {replicas: 7}\n`),
    ...five,
    becomes:
      /base\/kustomization\.yaml \(valuesInline\), which goes over base\/values\.yaml, sets replicas as well: change it there/,
  },
  'one with a text that goes below it': {
    files: base(`${file}  valuesMerge: merge\n  valuesInline: {replicas: 7}\n`),
    ...five,
    becomes: three,
  },
  'one that a text is in the place of': {
    files: base(`${file}  valuesMerge: replace\n  valuesInline: {a: 7}\n`),
    ...five,
    becomes: /base\/kustomization\.yaml has valuesInline in the place of base\/values\.yaml/,
  },
  'one over which another goes': {
    files: { ...base(`${file}  additionalValuesFiles: [more.yaml]\n`), 'base/more.yaml': 'replicas: 7\n' },
    ...five,
    becomes: /base\/more\.yaml, which goes over base\/values\.yaml, sets replicas as well/,
  },
  'a text under it that sets the registry': {
    files: base(`${file}  valuesMerge: merge\n  valuesInline: {global: {imageRegistry: quay.io}}\n`),
    source: chart('base/values.yaml', {
      keys: [...keys, { field, key: 'image.repository', part: 'repository' }],
    }),
    fields: [image('docker.io/web:2', 'docker.io/web:1')],
    becomes: /global\.imageRegistry is set as well/,
  },
  'the own values of a chart that is in the repository': {
    files: { ...base(file), 'base/charts/web/values.yaml': values },
    source: chart('base/charts/web/values.yaml'),
    fields: [replicas(5)],
    becomes: /base\/values\.yaml, which goes over base\/charts\/web\/values\.yaml, sets replicas as well/,
  },
  'those of a chart in another folder, with a version': {
    files: {
      'base/kustomization.yaml': `helmGlobals: {chartHome: ../vendor}\n${by('  version: 1.0.0\n  repo: https://charts.example\n')}`,
      'vendor/web-1.0.0/web/values.yaml': values,
    },
    source: chart('vendor/web-1.0.0/web/values.yaml'),
    fields: [replicas(5)],
    becomes: ['vendor/web-1.0.0/web/values.yaml:1 replicas: 5'],
  },
  'one that the kustomization beside it does not give': {
    files: base('  valuesFile: prod.yaml\n'),
    ...five,
    becomes: /base\/kustomization\.yaml does not give base\/values\.yaml to the chart web/,
  },
  'one that two give': {
    files: { ...base(file), 'dev/kustomization.yaml': by('  valuesFile: ../base/values.yaml\n') },
    ...five,
    becomes: /base\/kustomization\.yaml and dev\/kustomization\.yaml give base\/values\.yaml to a chart/,
  },
  'one that two charts of one kustomization take': {
    files: base(file, `- name: api\n${file}`),
    ...five,
    becomes: /: base\/kustomization\.yaml gives base\/values\.yaml to several charts$/,
  },
  'one beside which keys have nothing': {
    files: base(`${file}  valuesInline:\n  additionalValuesFiles:\n  version:\n`, 'patches:\nhelmGlobals:\n'),
    ...five,
    becomes: three,
  },
  'one with a key that has nothing, and over which another goes': {
    files: {
      ...base(`${file}  valuesInline:\n  additionalValuesFiles: [more.yaml]\n`),
      'base/more.yaml': 'replicas: 7\n',
    },
    ...five,
    becomes: /base\/more\.yaml, which goes over base\/values\.yaml, sets replicas as well/,
  },
  'one of a base over which an overlay has replicas, and a key that has nothing': {
    files: {
      ...base(file),
      'prod/kustomization.yaml': 'resources: [../base]\npatches:\nreplicas: [{name: web, count: 4}]\n',
    },
    ...five,
    becomes: /prod\/kustomization\.yaml has replicas/,
  },
  ...Object.fromEntries(
    [
      ['a chart', 'helmCharts: [{name: web, valuesFile: [values.yaml]}]'],
      ['a chart as it was written before', 'helmChartInflationGenerator: [{values: values.yaml}]'],
      ['charts as they were written before', 'helmChartInflationGenerator: {chartName: web}'],
      ['a generator', 'generators: [chart.yaml]'],
      ['a generator of a folder', 'generators: [more]'],
    ].map(([name, text]) => [
      `one beside ${name} that cannot be read`,
      {
        files: {
          ...base(file),
          'base/kustomization.yaml': `${text}\n`,
          'base/chart.yaml': 'a: [\n',
        },
        ...five,
        becomes:
          /a chart or a generator of base\/kustomization\.yaml cannot be read, and may take base\/values/,
      },
    ]),
  ),
  'one that a kustomization elsewhere may take, which cannot be read': {
    files: {
      'base/values.yaml': values,
      'all/kustomization.yaml': 'helmCharts: [{name: web, valuesFile: ../base/values.yaml}]\npatches: 5\n',
    },
    ...five,
    becomes: /all\/kustomization\.yaml: patches: /,
  },
  'one beside a kustomization that cannot be read': {
    files: base(file, 'patches: 5\n'),
    ...five,
    becomes: /base\/kustomization\.yaml: patches: /,
  },
  'one of a base that an overlay takes in which cannot be read': {
    files: { ...base(file), 'prod/kustomization.yaml': 'resources: [../base]\npatches: 5\n' },
    ...five,
    becomes: /prod\/kustomization\.yaml: patches: /,
  },
  'one with a kustomization elsewhere that cannot be read, and has nothing to do with it': {
    files: {
      ...base(file),
      'other/kustomization.yaml': 'helmCharts: [{name: db, valuesFile: values.yaml}]\npatches: 5\n',
      'more/kustomization.yaml': 'helmCharts: [{name: 5}]\n',
    },
    ...five,
    becomes: three,
  },
  'one of a base that two take in': {
    files: {
      ...base(file),
      'dev/kustomization.yaml': 'resources: [../base]\n',
      'prod/kustomization.yaml': 'resources: [../base]\n',
    },
    ...five,
    becomes:
      /dev\/kustomization\.yaml and prod\/kustomization\.yaml take in base\/kustomization\.yaml, which has the chart/,
  },
  ...Object.fromEntries(
    [
      'patches: [{patch: "{}"}]',
      'patchesStrategicMerge: [a.yaml]',
      'replicas: [{name: web, count: 4}]',
      'replacements: [{path: a.yaml}]',
    ].map((text) => [
      `one of a base over which an overlay has ${text}`,
      {
        files: { ...base(file), 'prod/kustomization.yaml': `resources: [../base]\n${text}\n` },
        ...five,
        becomes: /prod\/kustomization\.yaml has \w+, which may write it once the chart is rendered/,
      },
    ]),
  ),
  'one with a component that writes it': {
    files: {
      ...base(file, 'components: [../high]\n'),
      'high/kustomization.yaml': 'kind: Component\nreplicas: [{name: web, count: 4}]\n',
    },
    ...five,
    becomes: /high\/kustomization\.yaml has replicas/,
  },
  'one with a component of a component that writes it': {
    files: {
      ...base(file, 'components: [../a]\n'),
      'a/kustomization.yaml': 'kind: Component\ncomponents: [../high]\n',
      'high/kustomization.yaml': 'kind: Component\nreplicas: [{name: web, count: 4}]\n',
    },
    ...five,
    becomes: /high\/kustomization\.yaml has replicas/,
  },
  'one with a component from elsewhere': {
    files: base(file, 'components: ["https://git.example/high?ref=v1"]\n'),
    ...five,
    becomes: /base\/kustomization\.yaml: the component https:\S+ is not in the repository/,
  },
  'one with a component that is not there': {
    files: base(file, 'components: [../high]\n'),
    ...five,
    becomes: /base\/kustomization\.yaml: there is no component \.\.\/high/,
  },
  'one with images beside, which write no replicas': {
    files: base(file, 'images: [{name: web, newTag: "2"}]\n'),
    ...five,
    becomes: three,
  },
  'one with images beside': {
    files: base(file, 'images: [{name: web, newTag: "2"}]\n'),
    source: inBase,
    fields: [image('web:2', 'web:1')],
    becomes: /base\/kustomization\.yaml has images, which may write it/,
  },
  'one of a generator': {
    files: {
      'base/kustomization.yaml': 'generators: [chart.yaml]\n',
      'base/chart.yaml': `kind: HelmChartInflationGenerator\nmetadata: {name: web}\nname: web\nvaluesFile: values.yaml\nvaluesInline: {replicas: 7}\n`,
      'base/values.yaml': values,
    },
    ...five,
    becomes: /\(valuesInline\), which goes over base\/values\.yaml, sets replicas as well/,
  },
  'one as it was written before': {
    files: {
      'base/kustomization.yaml':
        'helmChartInflationGenerator:\n- chartName: web\n  values: values.yaml\n  valuesLocal: {replicas: 7}\n',
      'base/values.yaml': values,
    },
    ...five,
    becomes: /\(valuesInline\), which goes over base\/values\.yaml, sets replicas as well/,
  },
};

const inner = 'web/charts/db/values.yaml';
const umbrella = {
  'web/Chart.yaml': 'name: web\n',
  'web/charts/db/Chart.yaml': 'name: db\n',
  [inner]: values,
};
const alias = 'name: web\ndependencies: [{name: db, alias: store}, {name: mq}]\n';
const stored = (key: string): HelmKey => ({ field: 'spec.replicas', key, part: 'whole' });
const ofWeb = (...named: readonly HelmKey[]) =>
  chart('web/values.yaml', { chart: 'web/Chart.yaml', keys: named });

const taken: Record<string, Shape> = {
  'the own values of a chart within another': {
    files: umbrella,
    source: chart(inner),
    fields: [replicas(5)],
    becomes:
      /web\/Chart\.yaml takes this chart in, and its own values\.yaml goes over this file: change it there, under db$/,
  },
  'those of one that has another name there': {
    files: { ...umbrella, 'web/Chart.yaml': alias },
    source: chart(inner),
    fields: [replicas(5)],
    becomes: /change it there, under store$/,
  },
  'those of one beside it': {
    files: {
      'all/Chart.yaml': 'dependencies: [{name: web, repository: "file://../web"}]\n',
      'web/Chart.yaml': 'name: web\n',
      'web/values.yaml': values,
    },
    source: chart('web/values.yaml'),
    fields: [replicas(5)],
    becomes: /all\/Chart\.yaml takes this chart in/,
  },
  'those that the owner names, beside a kustomization with another chart': {
    files: base('  valuesFile: redis.yaml\n'),
    source: chart('base/values.yaml', { isTold: true, isNamed: true }),
    fields: [replicas(5)],
    becomes: three,
  },
  'those of one that its owner takes by itself': {
    files: umbrella,
    source: chart(inner, { isTold: true }),
    fields: [replicas(5)],
    becomes: [`${inner}:1 replicas: 5`],
  },
  'what a chart says of one that it takes in': {
    files: {
      ...umbrella,
      'web/Chart.yaml': alias,
      'web/values.yaml': 'store:\n  replicas: 3\nmq: {replicas: 1}\n',
    },
    source: ofWeb(stored('store.replicas'), stored('mq.replicas')),
    fields: [replicas(5)],
    becomes: ['web/values.yaml:2 replicas: 5', 'web/values.yaml:3 mq: {replicas: 5}'],
  },
  'what it says under a name that it does not take it in by': {
    files: { ...umbrella, 'web/Chart.yaml': alias, 'web/values.yaml': 'db: {replicas: 3}\n' },
    source: ofWeb(stored('db.replicas')),
    fields: [replicas(5)],
    becomes: /db\.replicas: web\/Chart\.yaml takes in db as store, under which its values stand/,
  },
  'what it says to one for all charts, over which its own goes': {
    files: { ...umbrella, 'web/values.yaml': 'global: {size: 2}\ndb: {global: {size: 3}}\n' },
    source: ofWeb(stored('db.global.size')),
    fields: [replicas(5)],
    becomes: /global\.size goes over db\.global\.size: change it there/,
  },
  'what it says to one for all charts': {
    files: { ...umbrella, 'web/values.yaml': 'global: {other: 2}\ndb: {global: {size: 3}}\n' },
    source: ofWeb(stored('db.global.size')),
    fields: [replicas(5)],
    becomes: ['web/values.yaml:2 db: {global: {size: 5}}'],
  },
};

describe('values that others give to a chart as well', () => {
  test.each(Object.entries({ ...inflated, ...taken }))('%s', (_, shape) => check(shape));
});
