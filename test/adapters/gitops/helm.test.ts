import { describe, test } from 'vitest';
import type { Form } from '../../../src/adapters/gitops/change.ts';
import type { HelmKey } from '../../../src/adapters/gitops/charts/image-parts.ts';
import { check, image, replicas, type Shape } from './repository.ts';

const values = `# Chart values
image:
  repository: registry.example/web   # ours
  tag: "1.2"
  pullPolicy: IfNotPresent
replicaCount: 3
`;
const field = 'spec.template.spec.containers[app].image';
const chart: Form = {
  form: 'helm',
  file: 'values.yaml',
  keys: [
    { field, key: 'image.repository', part: 'repository' },
    { field, key: 'image.tag', part: 'tag' },
    { field: 'spec.replicas', key: 'replicaCount', part: 'whole' },
  ],
};
const onlyTag: Form = { ...chart, keys: [{ field, key: 'image.tag', part: 'tag' }] };
const files = { 'values.yaml': values };

const shapes: Record<string, Shape> = {
  'a tag': {
    files,
    source: chart,
    fields: [image('registry.example/web:1.3')],
    becomes: ['values.yaml:4 tag: "1.3"'],
  },
  'repository and tag': {
    files,
    source: chart,
    fields: [image('mirror.example/web:2')],
    becomes: ['values.yaml:3 repository: mirror.example/web   # ours', 'values.yaml:4 tag: "2"'],
  },
  replicas: { files, source: chart, fields: [replicas(5)], becomes: ['values.yaml:6 replicaCount: 5'] },
  'a tag, the repository being the same': {
    files,
    source: onlyTag,
    fields: [image('registry.example/web:1.3', 'registry.example/web:1.2')],
    becomes: ['values.yaml:4 tag: "1.3"'],
  },
  'another repository than the table knows': {
    files,
    source: onlyTag,
    fields: [image('mirror.example/web:1.3', 'registry.example/web:1.2')],
    becomes: /does not say which value of values\.yaml sets the image's repository/,
  },
  'a digest': { files, source: chart, fields: [image('web@sha256:aa')], becomes: /no value for the digest/ },
  'an image without a tag': {
    files,
    source: chart,
    fields: [image('web')],
    becomes: /web has no tag, which values\.yaml has a value for/,
  },
  'a field that the table does not name': {
    files,
    source: onlyTag,
    fields: [replicas(5)],
    becomes: /the policy does not say which value of values\.yaml sets it/,
  },
  'a file that is not there': {
    files: {},
    source: chart,
    fields: [replicas(5)],
    becomes: /values\.yaml is not in the repository/,
  },
  'a value that is not there': {
    files: { 'values.yaml': 'image: {}\n' },
    source: chart,
    fields: [replicas(5)],
    becomes: /replicaCount is not set there/,
  },
  'a value within a text of several lines, as helm.values of an Application is': {
    files: { 'values.yaml': 'replicaCount: |\n  web: 3\n' },
    source: {
      form: 'helm',
      file: 'values.yaml',
      keys: [{ field: 'spec.replicas', key: 'replicaCount.web', part: 'whole' }],
    },
    fields: [replicas(5)],
    becomes: /values\.yaml: replicaCount is one text, of which no part is changed by itself/,
  },
  'an anchor in values': {
    files: { 'values.yaml': values.replace('tag: "1.2"', 'tag: &tag "1.2"') },
    source: chart,
    fields: [image('registry.example/web:1.3')],
    becomes: /has an anchor/,
  },
  'a merge key in values': {
    files: { 'values.yaml': 'default: &d\n  tag: "1"\nimage:\n  <<: *d\n' },
    source: onlyTag,
    fields: [image('web:2', 'web:1')],
    becomes: /by a merge key/,
  },
};

const of = (part: HelmKey['part'], key: string): HelmKey => ({ field, key, part });
const parted = (text: string, ...keys: readonly HelmKey[]) => ({
  files: { 'values.yaml': text },
  source: { form: 'helm', file: 'values.yaml', keys } satisfies Form,
});
const [repository, tag] = [of('repository', 'image.repository'), of('tag', 'image.tag')];
const bitnami = `global:
  imageRegistry: ""
image:
  registry: docker.io
  repository: bitnami/nginx
  tag: "1.25"
  digest: ""
`;
const nginx = (version: string) =>
  image(`docker.io/bitnami/nginx:${version}`, 'docker.io/bitnami/nginx:1.25');
const digest = 'sha256:aa';

const split: Record<string, Shape> = {
  'a registry of its own, which stays': {
    ...parted(bitnami, repository, tag),
    fields: [nginx('1.26')],
    becomes: ['values.yaml:6 tag: "1.26"'],
  },
  'a registry of its own, and another repository': {
    ...parted(bitnami, repository, tag),
    fields: [image('docker.io/our/nginx:1.25', 'docker.io/bitnami/nginx:1.25')],
    becomes: ['values.yaml:5 repository: our/nginx'],
  },
  'a registry of its own, which would be another one': {
    ...parted(bitnami, repository, tag),
    fields: [image('quay.io/bitnami/nginx:1.25', 'docker.io/bitnami/nginx:1.25')],
    becomes: /image\.registry sets the registry, which would be another one/,
  },
  'a registry that the table names': {
    ...parted(bitnami, of('registry', 'image.registry'), repository, tag),
    fields: [image('quay.io/our/nginx:1.26', 'docker.io/bitnami/nginx:1.25')],
    becomes: [
      'values.yaml:4 registry: quay.io',
      'values.yaml:5 repository: our/nginx',
      'values.yaml:6 tag: "1.26"',
    ],
  },
  'a registry that the table names, with a slash': {
    ...parted(bitnami.replace('docker.io', 'docker.io/'), of('registry', 'image.registry'), repository, tag),
    fields: [image('quay.io/bitnami/nginx:1.25', 'docker.io/bitnami/nginx:1.25')],
    becomes: ['values.yaml:4 registry: quay.io/'],
  },
  'a registry that the table names, where the chart knows the repository': {
    ...parted('image: {registry: docker.io/bitnami, tag: "1.25"}\n', of('registry', 'image.registry'), tag),
    fields: [nginx('1.26')],
    becomes: ['values.yaml:1 image: {registry: docker.io/bitnami, tag: "1.26"}'],
  },
  'another registry, where the chart knows the repository': {
    ...parted('image: {registry: docker.io, tag: "1.25"}\n', of('registry', 'image.registry'), tag),
    fields: [image('quay.io/bitnami/nginx:1.25', 'docker.io/bitnami/nginx:1.25')],
    becomes: /does not say which value of values\.yaml sets the image's repository/,
  },
  'a registry that the table names, and one for all charts': {
    ...parted(bitnami.replace('""', 'mirror.example'), of('registry', 'image.registry'), repository, tag),
    fields: [nginx('1.26')],
    becomes: /global\.imageRegistry is set as well, and whether it goes before image\.registry is not known/,
  },
  'a registry for all charts': {
    ...parted(bitnami.replace('""', 'mirror.example'), repository, tag),
    fields: [image('mirror.example/bitnami/nginx:1.26', 'mirror.example/bitnami/nginx:1.25')],
    becomes: ['values.yaml:6 tag: "1.26"'],
  },
  'a registry that is not what runs': {
    ...parted(bitnami, repository, tag),
    fields: [image('quay.io/x/nginx:1.26', 'quay.io/x/nginx:1.25')],
    becomes: /image\.registry is set as well, and docker\.io\/bitnami\/nginx is not what runs/,
  },
  'merged already, where the cluster has something else': {
    ...parted(bitnami, repository, tag),
    fields: [image('docker.io/bitnami/nginx:1.25', 'quay.io/x/nginx:1.25')],
    becomes: 'already',
  },
  'a registry that no value says, and the same repository': {
    ...parted('image: {repository: bitnami/nginx, tag: "1.25"}\n', repository, tag),
    fields: [nginx('1.26')],
    becomes: ['values.yaml:1 image: {repository: bitnami/nginx, tag: "1.26"}'],
  },
  'a registry that no value says, and another repository': {
    ...parted('image: {repository: bitnami/nginx, tag: "1.25"}\n', repository, tag),
    fields: [image('docker.io/our/nginx:1.25', 'docker.io/bitnami/nginx:1.25')],
    becomes: /image\.repository is only the end of docker\.io\/bitnami\/nginx/,
  },
  'a name that another value ends': {
    ...parted('image: {repository: quay.io/our, name: web, tag: "1"}\n', repository, tag),
    fields: [image('quay.io/our/web:2', 'quay.io/our/web:1')],
    becomes: /image\.repository is only the beginning of quay\.io\/our\/web/,
  },
  'a whole reference where the tag has a value of its own': {
    ...parted('image: {repository: web, tag: "1"}\n', of('whole', 'image.repository')),
    fields: [image('web:2', 'web:1')],
    becomes: /image\.tag is set as well: gitOps\.repositories has to name the parts/,
  },
  'a whole reference where the chart knows the tag': {
    ...parted('image: web\n', of('whole', 'image')),
    fields: [image('web:2', 'web:1')],
    becomes: /image is web, and web:1 runs: whether the chart reads it is not known/,
  },
  'a whole reference with a registry before it': {
    ...parted('image: {registry: quay.io, name: "web:1"}\n', of('whole', 'image.name')),
    fields: [image('quay.io/web:2', 'quay.io/web:1')],
    becomes: ['values.yaml:1 image: {registry: quay.io, name: "web:2"}'],
  },
  'a tag beside a digest': {
    ...parted(bitnami.replace('digest: ""', 'digest: sha256:aa'), repository, tag),
    fields: [nginx('1.26')],
    becomes: /image\.digest is set as well and goes before the tag/,
  },
  'a digest that the table names': {
    ...parted(bitnami.replace('digest: ""', 'digest: sha256:aa'), tag, of('digest', 'image.digest')),
    fields: [image('docker.io/bitnami/nginx@sha256:bb', `docker.io/bitnami/nginx@${digest}`)],
    becomes: ['values.yaml:7 digest: sha256:bb'],
  },
  'a tag in the place of a digest that the table names': {
    ...parted(bitnami.replace('digest: ""', 'digest: sha256:aa'), tag, of('digest', 'image.digest')),
    fields: [image('docker.io/bitnami/nginx:2', `docker.io/bitnami/nginx@${digest}`)],
    becomes: /image\.tag is 1\.25, and docker\.io\/bitnami\/nginx@sha256:aa runs/,
  },
  'a tag that is not what runs': {
    ...parted('image: {repository: web, tag: "3"}\n', repository, tag),
    fields: [image('web:2', 'web:1')],
    becomes: /image\.tag is 3, and web:1 runs: whether the chart reads it is not known/,
  },
  'a tag of the chart itself, which an empty value leaves': {
    ...parted('image: {repository: web, tag: ""}\n', repository, tag),
    fields: [image('web:2', 'web:1')],
    becomes: ['values.yaml:1 image: {repository: web, tag: "2"}'],
  },
  'a tag where none runs': {
    ...parted('image: {repository: web, tag: ""}\n', repository, tag),
    fields: [image('web:2', 'web')],
    becomes: /image\.tag is empty, and web runs/,
  },
  'a repository that is not what runs': {
    ...parted('image: {repository: other, tag: "1"}\n', repository, tag),
    fields: [image('web:2', 'web:1')],
    becomes: /image\.repository is other, and web:1 runs/,
  },
  'a repository with a tag in it': {
    ...parted('image: {repository: "web:1", tag: ""}\n', repository, tag),
    fields: [image('web:2', 'web:1')],
    becomes: /image\.repository holds more than the name of the image/,
  },
  'a registry that nothing holds': {
    ...parted(bitnami.replace('docker.io', '""'), of('registry', 'image.registry'), repository, tag),
    fields: [image('quay.io/x/nginx:1', 'bitnami/nginx:1.25')],
    becomes: /image\.registry is empty, and bitnami\/nginx:1\.25 runs/,
  },
  'what is made a second time, when it runs already': {
    ...parted('image: {repository: web, tag: "1"}\n', repository, tag),
    fields: [image('web:2', 'web:2')],
    becomes: ['values.yaml:1 image: {repository: web, tag: "2"}'],
  },
  'a digest where there was a tag': {
    ...parted(bitnami, repository, tag, of('digest', 'image.digest')),
    fields: [image('docker.io/bitnami/nginx@sha256:bb', 'docker.io/bitnami/nginx:1.25')],
    becomes: /docker\.io\/bitnami\/nginx@sha256:bb has no tag|whether the chart writes a tag and a digest/,
  },
  'a tag for all charts': {
    ...parted('global: {tag: "1"}\nimage: {tag: "1"}\n', tag),
    fields: [image('web:2', 'web:1')],
    becomes: /global\.tag is set as well, and which of the two counts is not known/,
  },
};

const layered = (over: string, more: Partial<Extract<Form, { form: 'helm' }>> = {}) => ({
  files: { ...files, 'prod.yaml': over },
  source: { ...chart, ...more, over: ['prod.yaml'] } as const,
});
const several: Record<string, Shape> = {
  'a file over it that says something else': {
    ...layered('replicaCount: 7\n'),
    fields: [image('registry.example/web:1.3')],
    becomes: ['values.yaml:4 tag: "1.3"'],
  },
  ...Object.fromEntries(
    ['image: {tag: "9"}\n', 'image: {tag: null}\n', 'image: null\n', 'image: web:9\n'].map((text) => [
      `a file over it that sets the key as well: ${text}`,
      {
        ...layered(text),
        fields: [image('registry.example/web:1.3', 'registry.example/web:9')],
        becomes: /prod\.yaml, which goes over values\.yaml, sets image\.(repository|tag) as well/,
      },
    ]),
  ),
  'a file over it that is not there': {
    files,
    source: { ...chart, over: ['none.yaml'] } as const,
    fields: [replicas(5)],
    becomes: ['values.yaml:6 replicaCount: 5'],
  },
  'a file over it that is not read': {
    files,
    source: { ...chart, over: ['prod.values'] } as const,
    fields: [replicas(5)],
    becomes: /prod\.values, which goes over values\.yaml, is not read/,
  },
  'a registry of the file under it': {
    files: { 'values.yaml': bitnami, 'prod.yaml': 'image: {repository: bitnami/nginx, tag: "1.25"}\n' },
    source: { form: 'helm', file: 'prod.yaml', keys: [repository, tag], under: ['values.yaml'] },
    fields: [nginx('1.26')],
    becomes: ['prod.yaml:1 image: {repository: bitnami/nginx, tag: "1.26"}'],
  },
};

describe("the smallest edit of a chart's values", () => {
  test.each(Object.entries({ ...shapes, ...split, ...several }))('%s', (_, shape) => check(shape));
});
