import { alike, type Equivalent } from './equivalent.ts';

const room = 'src/stages/evaluate/rules';

/** Of a rule that reads one list of what depends on the target. */
const ofList = (file: string, list: string): readonly Equivalent[] =>
  alike(
    `${room}/${file}.ts`,
    'Where the neighbourhood was not read, the rule is not asked; and of an empty list it says nothing.',
    [`input.facts.neighbourhood?.${list}`, `input.facts.neighbourhood.${list}`],
    [`${list} === undefined`, 'false'],
    [`${list}.length === 0`, 'false'],
    [`${list} === undefined || ${list}.length === 0`, 'false'],
    [`${list} === undefined || ${list}.length === 0`, `${list} === undefined && ${list}.length === 0`],
  );

/** Of the rules, which say nothing of nothing and are asked of what they are about. */
export const ofRules: readonly Equivalent[] = [
  ...ofList('availability/lease-holder', 'leases'),
  ...ofList('availability/selected-by-service', 'services'),
  ...ofList('availability/service-endpoints', 'services'),
  ...ofList('control-plane/served-by-pods', 'dependencies'),
  ...ofList('floor/rollout/disruption-budget', 'budgets'),
  ...ofList('floor/rollout/quota', 'quotas'),
  ...[
    'availability/ready-pods',
    'availability/single-replica',
    'data/stored-data',
    'floor/rollout/failing-revision',
    'floor/rollout/running-rollout',
    'floor/rollout/stuck-pods',
  ].flatMap((file) =>
    alike(
      `${room}/${file}.ts`,
      'It is asked of workloads alone, or says nothing of others: only the compiler is told.',
      ['workload === undefined', 'false'],
    ),
  ),
  ...['availability/growth', 'floor/change/ceilings'].flatMap((file) =>
    alike(`${room}/${file}.ts`, 'Of what has neither, neither grows.', [
      'size === undefined && most === undefined',
      'false',
    ]),
  ),
  ...alike(
    `${room}/availability/growth.ts`,
    'A limit grows only where there is one: only the compiler is told.',
    ['most !== undefined', 'true'],
  ),
  ...alike(`${room}/floor/change/consequences.ts`, 'Of none nothing is said.', [
    'effect.consequences.length === 0',
    'false',
  ]),
  ...alike(`${room}/hard/precondition.ts`, 'Of none nothing is said.', ['obstacles.length === 0', 'false']),
  ...alike(`${room}/hard/action-enabled.ts`, 'Of none nothing is said.', [
    '!everywhere && memberships.length === 0',
    'false',
  ]),
  ...alike(`${room}/floor/policy/freezes.ts`, 'Of none nothing is said.', [
    'policy.freezes.length === 0',
    'false',
  ]),
  ...alike(`${room}/floor/policy/unknown-facts.ts`, 'Of none nothing is said.', [
    'input.facts.unknown.length === 0',
    'false',
  ]),
  ...alike(
    `${room}/floor/policy/repeats.ts`,
    'Fewer in all are fewer in vain; and a group has one at least: only the compiler is told.',
    ['actions.length < most', 'false'],
    ['first === undefined', 'false'],
    ["''", '"Stryker was here!"', "if (first === undefined) return '';"],
  ),
  ...alike(
    `${room}/floor/nodes/eviction-budgets.ts`,
    'It is asked of nodes alone; of no pods nothing is said; a text is no budget that covers any, and one is not several.',
    ['nodeOf(input)?.budgets', 'nodeOf(input).budgets'],
    ['pods.length === 0', 'false'],
    ['[]', '["Stryker was here"]', 'const budgets = nodeOf(input)?.budgets ?? [];'],
    [
      '[]',
      '["Stryker was here"]',
      "const twice = pods.filter((pod) => (pod.budgets ?? []).length > 1 && !has(pod, 'pending'));",
    ],
  ),
  ...alike(
    `${room}/floor/nodes/eviction-budgets.ts`,
    'What is under several budgets has a list of them: only the compiler is told.',
    [
      '[]',
      '["Stryker was here"]',
      `const names = (first.budgets ?? []).map((name) => \`PodDisruptionBudget/\${name}\`).join(' and ');`,
    ],
  ),
  ...alike(
    `${room}/control-plane/control-plane-node.ts`,
    'It is asked of nodes alone: only the compiler is told.',
    ['nodeOf(input)?.controlPlane', 'nodeOf(input).controlPlane'],
  ),
  ...alike(
    `${room}/breadth/user-facing.ts`,
    'Where the neighbourhood was not read, it is not asked; of no Services there are no names; the same text is no other.',
    ['dependents === undefined', 'false'],
    ['fewer.length === 0', 'false'],
    ['source < first', 'source <= first'],
    ['services[0]?.name', 'services[0].name'],
  ),
];
