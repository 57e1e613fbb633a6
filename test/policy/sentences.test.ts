import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { playbook } from '../../src/domain/incidents/playbook.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import { checkedPolicy } from '../../src/policy/check.ts';
import { clustersFile } from '../../src/policy/clusters-file.ts';
import { readStrictYaml } from '../../src/policy/strict-yaml.ts';

type Step = string | number;

/** The parts of JSON Schema that lead further down. */
const described = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  items: z.unknown().optional(),
  prefixItems: z.array(z.unknown()).default([]),
  additionalProperties: z.unknown().optional(),
  anyOf: z.array(z.unknown()).default([]),
  oneOf: z.array(z.unknown()).default([]),
  allOf: z.array(z.unknown()).default([]),
});

/** Every place of a document, as the schema describes itself. */
function placesOf(schema: unknown, path: readonly Step[] = []): (readonly Step[])[] {
  const { data } = described.safeParse(schema);
  if (data === undefined) return [];
  const { properties, items, prefixItems, additionalProperties, anyOf, oneOf, allOf } = data;
  return [
    path,
    ...Object.entries(properties).flatMap(([key, each]) => placesOf(each, [...path, key])),
    ...prefixItems.flatMap((each, index) => placesOf(each, [...path, index])),
    ...placesOf(items, [...path, 0]),
    ...placesOf(additionalProperties, [...path, 'some']),
    ...[...anyOf, ...oneOf, ...allOf].flatMap((each) => placesOf(each, path)),
  ];
}

const documentWith = ([step, ...rest]: readonly Step[], value: unknown): unknown => {
  if (step === undefined) return value;
  const inner = documentWith(rest, value);
  return typeof step === 'number' ? [...Array(step).fill({}), inner] : { [step]: inner };
};

const long = 'x'.repeat(3000);
const wrong = [null, 5, -1, 1e12, 'No Good!', '', long, true, [], [null], [''], {}, { 'No Good!': 5 }];

test.each<[string, z.ZodType]>([
  ['a policy', policy],
  ['a playbook', playbook],
  ['a list of clusters', clustersFile],
])('what is wrong with any value of %s is said in words of the house', (_name, schema) => {
  const places = placesOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  const documents = [...new Set(places.map((place) => JSON.stringify(place)))].flatMap((place) =>
    wrong.map((value) => JSON.stringify(documentWith(JSON.parse(place), value))),
  );
  const said = documents.flatMap((text) => {
    const read = readStrictYaml('f', text, schema);
    return read.kind === 'refused' ? read.problems : [];
  });
  expect(said.length).toBeGreaterThan(100);
  expect(said.filter((each) => /: (?:Invalid|Too |Unrecognized|Expected)/.test(each))).toEqual([]);
});

test.each([
  [
    'two rules of one name',
    `version: 1
hardRules:
  - { name: x, when: facts.ready < 2, because: y }
rules:
  - { name: z, when: facts.ready < 2, because: y, tier: dual }
  - { name: x, when: facts.ready < 2, because: y, tier: dual }
`,
    'f:6:13: rules.1.name: two rules are named "x"; give one of them another name (the first is in line 3)',
  ],
  [
    'a value of alerts that is neither a path nor a text',
    'version: 1\njsonAlerts:\n  uptime: { name: 5, startsAt: s }\n',
    'f:3:19: jsonAlerts.uptime.name: must be a path such as check.name, or the text that it always is, as { is: uptime }',
  ],
])('%s', (_name, text, sentence) => {
  expect(readStrictYaml('f', text, checkedPolicy)).toEqual({ kind: 'refused', problems: [sentence] });
});

describe('a list of clusters', () => {
  const listOf = (...names: readonly string[]) =>
    readStrictYaml(
      'f',
      `version: 1\nclusters:\n${names.map((name) => `  ${name}: { context: x }\n`).join('')}`,
      clustersFile,
    );

  test.each([
    ['an ARN of EKS', 'arn:aws:eks:eu-west-1:123456789012:cluster/prod'],
    ['a user and a cluster', 'kubernetes-admin@kubernetes'],
    ['words of GKE', 'gke_project_europe-west1-b_prod'],
  ])('takes what a kubeconfig calls one: %s', (_what, name) => {
    expect(listOf(name, 'other')).toMatchObject({ kind: 'loaded' });
  });

  test('does not take one that begins with another and a slash, which keys would not tell apart', () => {
    expect(listOf('prod', 'prod/eu')).toEqual({
      kind: 'refused',
      problems: [
        'f:4:12: clusters.prod/eu: begins with the name of another one and a slash: call it otherwise',
      ],
    });
  });
});
