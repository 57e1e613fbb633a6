import { describe, test } from 'vitest';
import type { Form } from '../../../src/adapters/gitops/change.ts';
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

describe("the smallest edit of a chart's values", () => {
  test.each(Object.entries(shapes))('%s', (_, shape) => check(shape));
});
