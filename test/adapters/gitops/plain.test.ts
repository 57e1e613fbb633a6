import { describe, test } from 'vitest';
import { check, image, ofContainer, replicas, type Shape, web } from './repository.ts';

const crlf = web.replaceAll('\n', '\r\n');
const json = JSON.stringify(
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas: 3, template: { spec: { containers: [{ name: 'app', image: 'web:1' }] } } },
  },
  null,
  2,
);
const other = web.replace('name: web ', 'name: api ');
const anchored = web.replace('replicas: 3', 'replicas: &many 3').replace('cpu: 1', 'cpu: 1}\n# *many {');
const list = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Service
    metadata: {name: web}
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 3
`;

const shapes: Record<string, Shape> = {
  'an image with a comment behind it': {
    files: { 'web.yaml': web },
    fields: [image('registry.example/web:1.3')],
    becomes: ['web.yaml:14 image: registry.example/web:1.3   # pinned'],
  },
  'a number': { files: { 'web.yaml': web }, fields: [replicas(5)], becomes: ['web.yaml:9 replicas: 5'] },
  'a variable in quotes': {
    files: { 'web.yaml': web },
    fields: [{ path: ofContainer('env', { name: 'LEVEL' }, 'value'), value: 'de"bug' }],
    becomes: ['web.yaml:17 value: "de\\"bug"'],
  },
  'a limit in a mapping in braces': {
    files: { 'web.yaml': web },
    fields: [{ path: ofContainer('resources', 'limits', 'memory'), value: '512Mi' }],
    becomes: ['web.yaml:19 limits: {memory: 512Mi, cpu: 1}'],
  },
  'a number where a text comes': {
    files: { 'web.yaml': web },
    fields: [{ path: ofContainer('resources', 'limits', 'cpu'), value: '1500m' }],
    becomes: ['web.yaml:19 limits: {memory: 256Mi, cpu: 1500m}'],
  },
  'a text that looks like a number gets quotes': {
    files: { 'web.yaml': web.replace('"info"', 'info') },
    fields: [{ path: ofContainer('env', { name: 'LEVEL' }, 'value'), value: '10' }],
    becomes: ['web.yaml:17 value: "10"'],
  },
  'a text that YAML 1.1 reads as false gets quotes': {
    files: { 'web.yaml': web.replace('"info"', 'info') },
    fields: [{ path: ofContainer('env', { name: 'LEVEL' }, 'value'), value: 'no' }],
    becomes: ['web.yaml:17 value: "no"'],
  },
  'two values at once': {
    files: { 'web.yaml': web },
    fields: [replicas(4), image('registry.example/web:2')],
    becomes: ['web.yaml:9 replicas: 4', 'web.yaml:14 image: registry.example/web:2   # pinned'],
  },
  'lines that end as on Windows': {
    files: { 'web.yaml': crlf },
    fields: [image('registry.example/web:1.3')],
    becomes: ['web.yaml:14 image: registry.example/web:1.3   # pinned'],
  },
  'a byte order mark': {
    files: { 'web.yaml': `\ufeff${web}` },
    fields: [replicas(5)],
    becomes: ['web.yaml:9 replicas: 5'],
  },
  'no line end at the end': {
    files: { 'web.yaml': web.trimEnd() },
    fields: [replicas(5)],
    becomes: ['web.yaml:9 replicas: 5'],
  },
  'tabs in a comment and in a text': {
    files: { 'web.yaml': web.replace('"info"', '"a\tb" #\tno') },
    fields: [{ path: ofContainer('env', { name: 'LEVEL' }, 'value'), value: 'warn' }],
    becomes: ['web.yaml:17 value: "warn" #\tno'],
  },
  'a line of 4,000 characters beside it': {
    files: { 'web.yaml': web.replace('"info"', `"${'x'.repeat(4000)}"`) },
    fields: [replicas(5)],
    becomes: ['web.yaml:9 replicas: 5'],
  },
  'the second of several documents': {
    files: { 'all.yaml': `${other}---\n${web}...\n---\nkind: Service\nmetadata: {name: web}\n` },
    fields: [replicas(5)],
    becomes: ['all.yaml:29 replicas: 5'],
  },
  'a custom resource of the same kind and name beside it': {
    files: { 'a.yaml': web.replace('apps/v1', 'example.org/v1'), 'web.yaml': web },
    fields: [replicas(5)],
    becomes: ['web.yaml:9 replicas: 5'],
  },
  'only a custom resource of the same kind and name': {
    files: { 'web.yaml': web.replace('apps/v1', 'example.org/v1') },
    fields: [replicas(5)],
    becomes: /no file in the top folder makes Deployment web/,
  },
  'a group that Kubernetes has given up': {
    files: { 'web.yaml': web.replace('apps/v1', 'extensions/v1beta1') },
    fields: [replicas(5)],
    becomes: /no file in the top folder makes Deployment web/,
  },
  'an item of a List': {
    files: { 'all.yaml': list },
    fields: [replicas(5)],
    becomes: ['all.yaml:11 replicas: 5'],
  },
  'an item of a List of one kind': {
    files: { 'all.yaml': list.replace('kind: List', 'kind: DeploymentList') },
    fields: [replicas(5)],
    becomes: ['all.yaml:11 replicas: 5'],
  },
  JSON: { files: { 'web.json': json }, fields: [image('web:2')], becomes: ['web.json:15 "image": "web:2"'] },
  'JSON on one line': {
    files: { 'web.json': JSON.stringify(JSON.parse(json)) },
    fields: [replicas(7)],
    becomes: [`web.json:1 ${JSON.stringify(JSON.parse(json)).replace('"replicas":3', '"replicas":7')}`],
  },
  'a text where JSON has a number': {
    files: {
      'web.json': json.replace('"image": "web:1"', '"image": "web:1", "resources": {"limits": {"cpu": 1}}'),
    },
    fields: [{ path: ofContainer('resources', 'limits', 'cpu'), value: '500m' }],
    becomes: ['web.json:15 "image": "web:1", "resources": {"limits": {"cpu": "500m"}}'],
  },
  ...Object.fromEntries(
    ['1.10', '0x1', '0X1F', '1e3', '1_0e1_0', '0o1_7', '007', 'yes', '~', '2024-01-01', '123e456'].map(
      (text) => [
        `a text that may be read as another value: ${text}`,
        {
          files: { 'web.yaml': web.replace('"info"', 'info') },
          fields: [{ path: ofContainer('env', { name: 'LEVEL' }, 'value'), value: text }],
          becomes: [`web.yaml:17 value: "${text}"`],
        },
      ],
    ),
  ),
  'a variable that is there twice, of which the last counts': {
    files: {
      'web.yaml': web.replace(
        '              value: "info"\n',
        '              value: "info"\n            - name: LEVEL\n              value: "warn"\n',
      ),
    },
    fields: [{ path: ofContainer('env', { name: 'LEVEL' }, 'value'), value: 'debug' }],
    becomes: /has several elements of that name/,
  },
  'single quotes': {
    files: { 'web.yaml': web.replace('"info"', "'info'") },
    fields: [{ path: ofContainer('env', { name: 'LEVEL' }, 'value'), value: "it's" }],
    becomes: ["web.yaml:17 value: 'it''s'"],
  },
  'a deeper folder': {
    files: { 'apps/shop/web.yaml': web, 'apps/README.md': '# web' },
    fields: [replicas(5)],
    becomes: ['apps/shop/web.yaml:9 replicas: 5'],
  },
  'another namespace of that name is left alone': {
    files: { 'web.yaml': web, 'staging.yaml': web.replace('namespace: shop', 'namespace: staging') },
    fields: [replicas(5)],
    becomes: ['web.yaml:9 replicas: 5'],
  },
  'what stands there already': { files: { 'web.yaml': web }, fields: [replicas(3)], becomes: 'already' },
  'true as YAML 1.1 writes it': {
    files: { 'job.yaml': 'kind: CronJob\nmetadata: {name: web}\nspec:\n  suspend: yes\n' },
    object: { kind: 'CronJob' },
    fields: [{ path: ['spec', 'suspend'], value: true }],
    becomes: 'already',
  },
  'a number that YAML 1.1 reads by eights': {
    files: { 'web.yaml': web.replace('replicas: 3', 'replicas: 010') },
    fields: [replicas(8)],
    becomes: 'already',
  },
  'a number that only YAML 1.2 reads as what is wanted': {
    files: { 'web.yaml': web.replace('replicas: 3', 'replicas: 010') },
    fields: [replicas(10)],
    becomes: ['web.yaml:9 replicas: 10'],
  },
  'a switch of a CronJob': {
    files: { 'job.yaml': 'kind: CronJob\nmetadata: {name: web}\nspec:\n  suspend: false # for now\n' },
    object: { kind: 'CronJob' },
    fields: [{ path: ['spec', 'suspend'], value: true }],
    becomes: ['job.yaml:4 suspend: true # for now'],
  },
  'a key with dots and slashes': {
    files: {
      'web.yaml': web.replace('  namespace: shop', '  namespace: shop\n  labels: {"example.com/a.b": x}'),
    },
    fields: [{ path: ['metadata', 'labels', 'example.com/a.b'], value: 'y' }],
    becomes: ['web.yaml:7 labels: {"example.com/a.b": "y"}'],
  },
  'a value that is not set': {
    files: { 'web.yaml': web.replace('  replicas: 3\n', '') },
    fields: [replicas(5)],
    becomes: /web\.yaml does not set spec\.replicas/,
  },
  'a container that is not there': {
    files: { 'web.yaml': web.replace('name: app', 'name: main') },
    fields: [image('x:1')],
    becomes: /does not set spec\.template\.spec\.containers\[app\]\.image/,
  },
  'no such object': {
    files: { 'web.yaml': other },
    fields: [replicas(5)],
    becomes: /no file in the top folder makes Deployment web/,
  },
  'two such objects': {
    files: { 'a.yaml': web, 'b.yaml': web },
    fields: [replicas(5)],
    becomes: /a\.yaml and b\.yaml both make Deployment web/,
  },
  'an anchor': { files: { 'web.yaml': anchored }, fields: [replicas(5)], becomes: /has an anchor \(&many\)/ },
  'an alias': {
    files: { 'web.yaml': `x: &n 3\n${web.replace('replicas: 3', 'replicas: *n')}` },
    fields: [replicas(5)],
    becomes: /is an alias \(\*n\)/,
  },
  'a merge key': {
    files: { 'web.yaml': `x: &d\n  replicas: 3\n${web.replace('  replicas: 3', '  <<: *d')}` },
    fields: [replicas(5)],
    becomes: /does not set spec\.replicas|merge key/,
  },
  'a mapping that others share': {
    files: { 'web.yaml': `${web.replace('spec:\n  replicas', 'spec: &s\n  replicas')}extra: *s\n` },
    fields: [replicas(5)],
    becomes: /spec has an anchor \(&s\)/,
  },
  'a tag': {
    files: { 'web.yaml': web.replace('"info"', '!!str info') },
    fields: [{ path: ofContainer('env', { name: 'LEVEL' }, 'value'), value: 'warn' }],
    becomes: /has a tag/,
  },
  'a text over several lines': {
    files: { 'web.yaml': web.replace('value: "info"', 'value: |\n                a\n                b') },
    fields: [{ path: ofContainer('env', { name: 'LEVEL' }, 'value'), value: 'warn' }],
    becomes: /stands on several lines/,
  },
  'a value over several lines': {
    files: { 'web.yaml': web },
    fields: [{ path: ofContainer('env', { name: 'LEVEL' }, 'value'), value: 'a\nb' }],
    becomes: /cannot hold that value on one line/,
  },
  'a Helm template': {
    files: { 'web.yaml': web.replace('replicas: 3', '{{- if .Values.fixed }}\n  replicas: 3\n  {{- end }}') },
    fields: [replicas(5)],
    becomes: /not read: web\.yaml: it is a template/,
  },
  'a template beside it, which may make it as well': {
    files: { 'web.yaml': web, 'more.yaml': 'kind: Deployment\n{{- if .Values.x }}\na: 1\n{{- end }}\n' },
    fields: [replicas(5)],
    becomes: /web\.yaml makes Deployment web, and so may a file that cannot be read: more\.yaml/,
  },
  'a value that a template makes': {
    files: { 'web.yaml': web.replace('image: registry.example/web:1.2', "image: '{{ .Values.image }}'") },
    fields: [image('x:1')],
    becomes: /is made by a template/,
  },
  "a value that Flux' substitution makes": {
    files: { 'web.yaml': web.replace('web:1.2', 'web:$' + '{tag}') },
    fields: [image('x:1')],
    becomes: /is made by a template/,
  },
  'a key twice': {
    files: { 'web.yaml': web.replace('replicas: 3', 'replicas: 3\n  replicas: 4') },
    fields: [replicas(5)],
    becomes: /cannot be read as YAML \(line 10\)/,
  },
  'a broken file beside it': {
    files: { 'web.yaml': web, 'broken.yaml': 'a: [1' },
    fields: [replicas(5)],
    becomes: ['web.yaml:9 replicas: 5'],
  },
  'a broken file that has neither its kind nor its name is not read': {
    files: { 'api.yaml': other, 'broken.yaml': 'name: web-hook\na: [1' },
    fields: [replicas(5)],
    becomes: /no file in the top folder makes Deployment web$/,
  },
  'another that makes it, with its name in escapes': {
    files: { 'web.yaml': web, 'more.yaml': web.replace('name: web ', 'name: "w\\u0065b" ') },
    fields: [replicas(5)],
    becomes: /web\.yaml and more\.yaml both make Deployment web|more\.yaml and web\.yaml both make/,
  },
  'a value that is empty': {
    files: { 'web.yaml': web.replace('replicas: 3', 'replicas:') },
    fields: [replicas(5)],
    becomes: /is empty/,
  },
  'a file outside the folder': {
    files: { 'web.yaml': web, 'apps/x.yaml': other },
    source: { form: 'directory', path: 'apps', recurse: true },
    fields: [replicas(5)],
    becomes: /no file in apps makes/,
  },
  'a deeper file where folders are not followed': {
    files: { 'apps/deep/web.yaml': web },
    source: { form: 'directory', path: 'apps', recurse: false },
    fields: [replicas(5)],
    becomes: /no file in apps makes/,
  },
};

describe('the smallest edit of plain manifests', () => {
  test.each(Object.entries(shapes))('%s', (_, shape) => check(shape));
});
