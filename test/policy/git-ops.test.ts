import { expect, test } from 'vitest';
import { checkedPolicy } from '../../src/policy/check.ts';
import { readStrictYaml } from '../../src/policy/strict-yaml.ts';

const read = (text: string) => readStrictYaml('p', `version: 1\n${text}`, checkedPolicy);

const mapping = (match: string, repository: string, host = 'a.example') =>
  `gitOps:\n  hosts: [{ host: ${host}, kind: git }]\n  repositories:\n    - match: { ${match} }\n      repository: "${repository}"\n      branch: main\n`;

test.each([
  ['https://a.example/shop', 'a.example'],
  ['https://bot@a.example/shop.git', 'a.example'],
  ['https://globex-bot@a.example/shop.git', 'a.example'],
  ['https://ghosts@a.example/shop.git', 'a.example'],
  ['git@a.example:shop.git', 'a.example'],
  ['ssh://git@A.example:22/shop', 'a.example'],
  ['https://a.example:8443/shop', 'a.example:8443'],
])('a repository at a host of the list: %s', (repository, host) => {
  expect(read(mapping('kinds: [CronJob, Node]', repository, host)).kind).toBe('loaded');
});

test.each([
  [
    'a host twice',
    'gitOps:\n  hosts: [{ host: a.example, kind: git }, { host: a.example, kind: gitea }]\n',
    'p:3:51: gitOps.hosts.1.host: "a.example" is listed already',
  ],
  [
    'a repository at no host of the list',
    mapping('namespaces: [shop]', 'https://b.example/shop'),
    'p:6:19: gitOps.repositories.0.repository: "b.example" is none of gitOps.hosts, so that it would never be read',
  ],
  [
    'a repository without an address',
    mapping('namespaces: [shop]', 'example/shop'),
    'p:6:19: gitOps.repositories.0.repository: must be the address of a repository, such as https://github.com/example/shop',
  ],
  [
    'a repository with a password',
    mapping('namespaces: [shop]', 'https://bot:pass@a.example/shop'),
    'p:6:19: gitOps.repositories.0.repository: must say nothing of who logs in; FIREBREAK_GIT_CREDENTIALS does',
  ],
  ...[
    `ghp_${'a1'.repeat(18)}`,
    `github_pat_${'a1'.repeat(20)}`,
    `glpat-${'a1'.repeat(10)}`,
    'a1'.repeat(20),
  ].map((token): [string, string, string] => [
    'a repository with a token as its user, which is not told',
    mapping('namespaces: [shop]', `https://${token}@a.example/shop`),
    'p:6:19: gitOps.repositories.0.repository: has a token in the place of a name, which is not used; it belongs in FIREBREAK_GIT_CREDENTIALS',
  ]),
  [
    'a kind that nothing acts on',
    mapping('kinds: [deployment]', 'https://a.example/shop'),
    'p:5:24: gitOps.repositories.0.match.kinds.0: there is no kind "deployment" to act on; did you mean "Deployment"?',
  ],
  [
    'labels that no object can have',
    mapping('labels: { "app name": web, app: "a b" }', 'https://a.example/shop'),
    'p:5:26: gitOps.repositories.0.match.labels: "app name" must be a label key such as tier or example.com/tier',
    'p:5:48: gitOps.repositories.0.match.labels.app: must be a label value: at most 63 letters, digits, "-", "_" and "."',
  ],
  ...['refs/heads/main', 'a b', 'a..b', '-a', '/a', 'a/', 'a.lock', 'a~1', 'a@{0}', 'a//b', 'a.'].map(
    (branch): [string, string, string] => [
      `${branch} as a branch`,
      mapping('namespaces: [shop]', 'https://a.example/shop').replace('main', `"${branch}"`),
      'p:7:15: gitOps.repositories.0.branch: must be the name of a branch such as main, without refs/heads/',
    ],
  ),
  [
    'keys of values that cannot be',
    `${mapping('namespaces: [shop]', 'https://a.example/shop')}      keys: [{ field: spec.replicas, key: a..b }]\n`,
    'p:8:43: gitOps.repositories.0.keys.0.key: must be a key such as image.tag',
  ],
  [
    'a part of what has none',
    `${mapping('namespaces: [shop]', 'https://a.example/shop')}      keys: [{ field: spec.replicas, key: a, part: tag }]\n`,
    'p:8:52: gitOps.repositories.0.keys.0.part: only an image has a tag, and spec.replicas is none: leave part out',
  ],
  [
    'an environment that does not exist, where annotations are believed',
    'annotatedApprovers: [{ environments: [live], groups: [S0A] }]\n',
    'p:2:39: annotatedApprovers.0.environments.0: there is no environment "live"',
  ],
])('%s', (_name, text, ...problems) => {
  expect(read(text)).toEqual({ kind: 'refused', problems });
});

test.each(['main', 'release/1.2', 'feature/a-b_c', 'v1.2', 'größer', 'a@b', 'locks/a.lockx', '@'])(
  'the branch %s',
  (branch) => {
    const text = mapping('namespaces: [shop]', 'https://a.example/shop').replace('main', `"${branch}"`);
    expect(read(text).kind).toBe('loaded');
  },
);
