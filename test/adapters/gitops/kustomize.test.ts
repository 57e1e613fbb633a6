import { describe, test } from 'vitest';
import {
  base,
  check,
  image,
  inline,
  kustomize,
  next,
  ofContainer,
  overlay,
  prod,
  replicas,
  type Shape,
} from './repository.ts';

const replaceReplicas = '- op: replace\n  path: /spec/replicas   # per site\n  value: 6';

const shapes: Record<string, Shape> = {
  'a base that nobody else uses': {
    files: overlay('namespace: shop\n'),
    source: prod,
    fields: [next],
    becomes: ['base/web.yaml:13 image: registry.example/web:1.3   # pinned'],
  },
  'a base that another overlay uses': {
    files: { ...overlay(''), 'staging/kustomization.yaml': 'resources: [../base]\n' },
    source: prod,
    fields: [next],
    becomes: /base\/web\.yaml is used by staging\/kustomization\.yaml as well/,
  },
  'a file that another kustomization lists': {
    files: { ...overlay(''), 'other/kustomization.yaml': 'resources: [../base/web.yaml]\n' },
    source: prod,
    fields: [next],
    becomes: /is used by other\/kustomization\.yaml/,
  },
  'the tag of the overlay, although another overlay uses the base': {
    files: {
      ...overlay('images:\n  - name: registry.example/web\n    newTag: "1.2"\n'),
      'staging/kustomization.yaml': 'resources: [../base]\n',
    },
    source: prod,
    fields: [next],
    becomes: ['prod/kustomization.yaml:4 newTag: "1.3"'],
  },
  'a tag without quotes that is a number': {
    files: overlay('images:\n  - name: registry.example/web\n    newTag: v1 # old\n'),
    source: prod,
    fields: [image('registry.example/web:1.30')],
    becomes: ['prod/kustomization.yaml:4 newTag: "1.30" # old'],
  },
  'the name of the image': {
    files: overlay(
      'images:\n  - name: registry.example/web\n    newName: mirror.example/web\n    newTag: "1.2"\n',
    ),
    source: prod,
    fields: [image('mirror2.example/web:1.2')],
    becomes: ['prod/kustomization.yaml:4 newName: mirror2.example/web'],
  },
  'name and tag': {
    files: overlay(
      'images:\n  - name: registry.example/web\n    newName: mirror.example/web\n    newTag: "1.2"\n',
    ),
    source: prod,
    fields: [image('mirror2.example/web:1.3')],
    becomes: [
      'prod/kustomization.yaml:4 newName: mirror2.example/web',
      'prod/kustomization.yaml:5 newTag: "1.3"',
    ],
  },
  'the tag underneath an entry that only renames': {
    files: overlay('images:\n  - name: registry.example/web\n    newName: mirror.example/web\n'),
    source: prod,
    fields: [image('mirror.example/web:1.3')],
    becomes: ['base/web.yaml:13 image: registry.example/web:1.3   # pinned'],
  },
  'a digest': {
    files: overlay('images:\n  - name: registry.example/web\n    digest: sha256:aaaa\n'),
    source: prod,
    fields: [image('registry.example/web@sha256:bbbb')],
    becomes: ['prod/kustomization.yaml:4 digest: sha256:bbbb'],
  },
  'a tag where a digest is set': {
    files: overlay('images:\n  - name: registry.example/web\n    digest: sha256:aaaa\n'),
    source: prod,
    fields: [next],
    becomes: /without a tag, which would have to be added/,
  },
  'a name that an entry matches': {
    files: overlay('images:\n  - name: registry.example/web\n    newTag: "1.2"\n'),
    source: prod,
    fields: [image('other.example/web:1.2')],
    becomes: /finds the image by its name/,
  },
  'an entry for another image': {
    files: overlay('images:\n  - name: registry.example/web2\n    newTag: "9"\n'),
    source: prod,
    fields: [next],
    becomes: ['base/web.yaml:13 image: registry.example/web:1.3   # pinned'],
  },
  'entries of two layers: the upper one decides': {
    files: {
      ...base,
      'mid/kustomization.yaml':
        'resources: [../base]\nimages:\n- name: registry.example/web\n  newName: mid/web\n  newTag: "1"\n',
      'prod/kustomization.yaml': 'resources: [../mid]\nimages:\n- name: mid/web\n  newTag: "2"\n',
    },
    source: prod,
    fields: [image('mid/web:3')],
    becomes: ['prod/kustomization.yaml:4 newTag: "3"'],
  },
  'three layers deep, set in the middle': {
    files: {
      ...base,
      'mid/kustomization.yaml': 'resources: [../base]\nreplicas:\n- name: web\n  count: 4\n',
      'prod/kustomization.yaml': 'resources: [../mid]\nnamePrefix: eu-\n',
    },
    source: prod,
    object: { name: 'eu-web' },
    fields: [replicas(9)],
    becomes: ['mid/kustomization.yaml:4 count: 9'],
  },
  'three layers deep, the middle one shared': {
    files: {
      ...base,
      'mid/kustomization.yaml': 'resources: [../base]\nreplicas:\n- name: web\n  count: 4\n',
      'us/kustomization.yaml': 'resources: [../mid]\n',
      'prod/kustomization.yaml': 'resources: [../mid]\nnamePrefix: eu-\n',
    },
    source: prod,
    object: { name: 'eu-web' },
    fields: [replicas(9)],
    becomes: /mid\/kustomization\.yaml is used by us\/kustomization\.yaml/,
  },
  'replicas of the overlay, by a name with prefix and suffix': {
    files: overlay('namePrefix: eu-\nnameSuffix: -b\nnamespace: shop\nreplicas:\n- {name: web, count: 4}\n'),
    source: prod,
    object: { name: 'eu-web-b' },
    fields: [replicas(9)],
    becomes: ['prod/kustomization.yaml:6 - {name: web, count: 9}'],
  },
  'a strategic merge patch in a file': {
    files: {
      ...overlay('patches:\n- path: more.yaml\n'),
      'prod/more.yaml': 'kind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 6 # peak\n',
    },
    source: prod,
    fields: [replicas(8)],
    becomes: ['prod/more.yaml:4 replicas: 8 # peak'],
  },
  'patchesStrategicMerge, as older ones write it': {
    files: {
      ...overlay('patchesStrategicMerge:\n- more.yaml\n'),
      'prod/more.yaml':
        'kind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: side\n        image: a\n      - name: app\n        image: registry.example/web:1.1\n',
    },
    source: prod,
    fields: [next],
    becomes: ['prod/more.yaml:10 image: registry.example/web:1.3'],
  },
  'a patch about another object': {
    files: {
      ...overlay('patches:\n- path: more.yaml\n'),
      'prod/more.yaml': 'kind: Deployment\nmetadata: {name: api}\nspec:\n  replicas: 6\n',
    },
    source: prod,
    fields: [replicas(8)],
    becomes: ['base/web.yaml:8 replicas: 8'],
  },
  'the later of two patches': {
    files: {
      ...overlay('patches:\n- path: one.yaml\n- path: two.yaml\n'),
      'prod/one.yaml': 'kind: Deployment\nmetadata: {name: web}\nspec: {replicas: 6}\n',
      'prod/two.yaml': 'kind: Deployment\nmetadata: {name: web}\nspec: {replicas: 7}\n',
    },
    source: prod,
    fields: [replicas(8)],
    becomes: ['prod/two.yaml:3 spec: {replicas: 8}'],
  },
  'a JSON patch within the kustomization': {
    files: inline(replaceReplicas),
    source: prod,
    fields: [replicas(8)],
    becomes: ['prod/kustomization.yaml:7 value: 8'],
  },
  'the same with the line ends of Windows': {
    files: Object.fromEntries(
      Object.entries(inline(replaceReplicas)).map(([file, text]) => [file, text.replaceAll('\n', '\r\n')]),
    ),
    source: prod,
    fields: [replicas(8)],
    becomes: ['prod/kustomization.yaml:7 value: 8'],
  },
  'a JSON patch of an image by its index': {
    files: inline(
      '- {op: replace, path: /spec/template/spec/containers/0/image, value: "registry.example/web:1"}',
    ),
    source: prod,
    fields: [next],
    becomes: [
      'prod/kustomization.yaml:5 - {op: replace, path: /spec/template/spec/containers/0/image, value: "registry.example/web:1.3"}',
    ],
  },
  'a JSON patch in a file': {
    files: {
      ...overlay('patchesJson6902:\n- target: {kind: Deployment, name: web}\n  path: p.json\n'),
      'prod/p.json': '[\n  {"op": "replace", "path": "/spec/replicas", "value": 5}\n]\n',
    },
    source: prod,
    fields: [replicas(8)],
    becomes: ['prod/p.json:2 {"op": "replace", "path": "/spec/replicas", "value": 8}'],
  },
  'a JSON patch that puts a container before it': {
    files: inline('- {op: add, path: /spec/template/spec/containers/0, value: {name: side, image: a}}'),
    source: prod,
    fields: [next],
    becomes: /a JSON patch writes \/spec\/template\/spec\/containers\/0/,
  },
  'a JSON patch that replaces what is above it': {
    files: inline('- {op: replace, path: /spec, value: {replicas: 1}}'),
    source: prod,
    fields: [replicas(8)],
    becomes: /a JSON patch writes \/spec/,
  },
  'a JSON patch in quotes': {
    files: overlay(
      'patches:\n- target: {kind: Deployment, name: web}\n  patch: \'[{"op": "replace", "path": "/spec/replicas", "value": 5}]\'\n',
    ),
    source: prod,
    fields: [replicas(8)],
    becomes: /the patch stands in quotes/,
  },
  'a patch that chooses by labels': {
    files: overlay(
      'patches:\n- target: {kind: Deployment, labelSelector: "tier=front"}\n  patch: |-\n    - {op: replace, path: /spec/replicas, value: 5}\n',
    ),
    source: prod,
    fields: [replicas(8)],
    becomes: /chooses its objects by/,
  },
  'a patch for all, by an expression': {
    files: overlay(
      'patches:\n- target: {kind: Deployment, name: "w.*"}\n  patch: |-\n    - {op: replace, path: /spec/replicas, value: 5}\n',
    ),
    source: prod,
    fields: [replicas(8)],
    becomes: /chooses its objects by/,
  },
  'a patch that deletes': {
    files: overlay(
      'patches:\n- patch: |-\n    kind: Deployment\n    metadata: {name: web}\n    $patch: delete\n',
    ),
    source: prod,
    fields: [replicas(8)],
    becomes: /a patch has a \$patch directive/,
  },
  'a patch that is not there': {
    files: overlay('patches:\n- path: gone.yaml\n'),
    source: prod,
    fields: [replicas(8)],
    becomes: /the patch gone\.yaml is not in the repository/,
  },
  'a component sets it': {
    files: {
      ...overlay('components: [../ha]\n'),
      'ha/kustomization.yaml': 'kind: Component\nreplicas:\n- name: web\n  count: 5\n',
    },
    source: prod,
    fields: [replicas(8)],
    becomes: ['ha/kustomization.yaml:4 count: 8'],
  },
  'a component that others use as well': {
    files: {
      ...overlay('components: [../ha]\n'),
      'ha/kustomization.yaml': 'kind: Component\nreplicas:\n- name: web\n  count: 5\n',
      'x/kustomization.yaml': 'components: [../ha]\n',
    },
    source: prod,
    fields: [replicas(8)],
    becomes: /ha\/kustomization\.yaml is used by x\/kustomization\.yaml/,
  },
  replacements: {
    files: overlay('replacements:\n- path: r.yaml\n'),
    source: prod,
    fields: [replicas(8)],
    becomes: /has replacements, which may write it/,
  },
  'labels for all objects': {
    files: overlay('commonLabels: {team: shop}\n'),
    source: prod,
    fields: [{ path: ['metadata', 'labels', 'team'], value: 'front' }],
    becomes: /gives team to all its objects/,
  },
  'a remote base': {
    files: { 'prod/kustomization.yaml': 'resources: ["https://github.com/example/web//base?ref=v1"]\n' },
    source: prod,
    fields: [replicas(8)],
    becomes: /not read: https:\/\/github\.com\/example\/web/,
  },
  'a generator': {
    files: { 'prod/kustomization.yaml': 'generators: [g.yaml]\nhelmCharts: [{name: web}]\n' },
    source: prod,
    fields: [replicas(8)],
    becomes: /not read: the generators of prod\/kustomization\.yaml, the Helm charts/,
  },
  'a generated ConfigMap beside it': {
    files: overlay(
      'configMapGenerator:\n- name: web\n  literals: [a=b]\ngeneratorOptions: {disableNameSuffixHash: true}\n',
    ),
    source: prod,
    fields: [replicas(8)],
    becomes: ['base/web.yaml:8 replicas: 8'],
  },
  'a folder without a kustomization': {
    files: base,
    source: kustomize('x'),
    fields: [next],
    becomes: /x has no kustomization\.yaml/,
  },
  'a kustomization beyond the repository': {
    files: { 'prod/kustomization.yaml': 'resources: [../../other]\n' },
    source: prod,
    fields: [next],
    becomes: /is outside the repository/,
  },
  'a circle': {
    files: {
      'prod/kustomization.yaml': 'resources: [../b]\n',
      'b/kustomization.yaml': 'resources: [../prod]\n',
    },
    source: prod,
    fields: [next],
    becomes: /kustomizations deep/,
  },
  'two kustomizations in a folder': {
    files: { ...overlay(''), 'prod/kustomization.yml': '' },
    source: prod,
    fields: [next],
    becomes: /kustomize takes one/,
  },
  'a kustomization that is no mapping of lists': {
    files: { ...base, 'prod/kustomization.yaml': 'resources: ../base\n' },
    source: prod,
    fields: [next],
    becomes: /prod\/kustomization\.yaml: resources:/,
  },
  'a variable that a patch gives': {
    files: overlay(
      'patches:\n- patch: |-\n    kind: Deployment\n    metadata:\n      name: web\n    spec:\n      template:\n        spec:\n          containers:\n          - name: app\n            env:\n            - name: LEVEL\n              value: debug\n',
    ),
    source: prod,
    fields: [{ path: ofContainer('env', { name: 'LEVEL' }, 'value'), value: 'warn' }],
    becomes: ['prod/kustomization.yaml:14 value: warn'],
  },
  'already so': {
    files: overlay(
      'images:\n  - name: registry.example/web\n    newName: mirror.example/web\n    newTag: "1.2"\n',
    ),
    source: prod,
    fields: [image('mirror.example/web:1.2')],
    becomes: 'already',
  },
};

describe('the smallest edit of what kustomize builds', () => {
  test.each(Object.entries(shapes))('%s', (_, shape) => check(shape));
});
