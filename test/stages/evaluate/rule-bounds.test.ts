import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { cronJobFacts, jobFacts, resumeJob, suspendCronJob, suspendJob } from '../../fixtures/batch.ts';
import {
  cordonNode,
  defaultPolicy,
  dependents,
  deploymentFacts,
  nodeFacts,
  nodePod,
  noon,
  pauseIn,
  restartOf,
  scaleTo,
  specId,
} from '../../fixtures/facts.ts';
import { drain, evicting, housing, node, pair, web } from '../../fixtures/nodes.ts';

const saidBy = (rule: string, action: Action, facts: Facts) =>
  evaluate({ id: specId, now: noon, action, facts, policy: defaultPolicy })
    .lineItems.filter((item) => item.rule === rule)
    .map(({ sentence, source }) => [sentence, source]);

const around = (parts: Parameters<typeof dependents>[0]) => ({ neighbourhood: dependents(parts) });
const lease = around({ leases: [{ name: 'leader', pod: 'web-1' }] });
const webhook = {
  ...{ source: 'ValidatingWebhookConfiguration/check', service: 'api', failurePolicy: 'Fail' as const },
};
const asked = around({
  services: [
    { name: 'web', ready: 9, own: 3 },
    { name: 'api', ready: 3, own: 3 },
  ],
  dependencies: [webhook],
});
const critical = (priorityClass: string) => around({ priorityClass });
const recreate = { strategy: { type: 'Recreate' } } as const;
const selected = around({
  services: [
    { name: 'web', ready: 1, own: 0 },
    { name: 'api', ready: 1, own: 0 },
  ],
});
const waiting = { suspended: true, active: 0, pods: [] };

type Row = readonly [string, string, Action, Facts, readonly (readonly [string, string])[]];

describe('what a rule says, and where it was read', () => {
  test.each<Row>([
    [
      'a leader goes',
      'lease-holder',
      restartOf(),
      deploymentFacts({}, lease),
      [
        [
          'Pod/web-1 holds Lease/leader: when it goes, nobody leads until another takes over.',
          'Lease/leader: spec.holderIdentity',
        ],
      ],
    ],
    ['a leader stays where no pod goes', 'lease-holder', pauseIn(), deploymentFacts({}, lease), []],
    [
      'of two Services the one that the API server asks is counted',
      'served-by-pods',
      restartOf(),
      deploymentFacts(
        { strategy: { type: 'RollingUpdate', maxUnavailable: 2, maxSurge: 0, partition: 0 } },
        asked,
      ),
      [
        [
          'The API server depends on these pods (ValidatingWebhookConfiguration/check): 1 of 3 ready endpoints is left.',
          'ValidatingWebhookConfiguration/check',
        ],
      ],
    ],
    ['nothing is asked of pods that stay', 'served-by-pods', pauseIn(), deploymentFacts({}, asked), []],
    ...(
      [
        ['system-cluster-critical', 'the cluster'],
        ['system-node-critical', 'its node'],
      ] as const
    ).map(
      ([name, what]): Row => [
        `pods of the priority ${name}`,
        'system-priority',
        restartOf(),
        deploymentFacts({}, critical(name)),
        [
          [
            `The pods have the priority ${name}: ${what} depends on them.`,
            'Deployment/web in shop: spec.priorityClassName',
          ],
        ],
      ],
    ),
    ['another priority', 'system-priority', restartOf(), deploymentFacts({}, critical('high')), []],
    [
      'critical pods that stay',
      'system-priority',
      pauseIn(),
      deploymentFacts({}, critical('system-node-critical')),
      [],
    ],
    [
      'pods of a Job that two Services select',
      'selected-by-service',
      resumeJob(),
      jobFacts(waiting, selected),
      ['web', 'api'].map((name) => [
        `Service/${name} selects the pods that are started: while they are ready it sends them requests.`,
        `Service/${name}: spec.selector`,
      ]),
    ],
    ['a Job that starts none', 'selected-by-service', suspendJob(), jobFacts({}, selected), []],
    [
      'one replica that is replaced',
      'single-replica',
      restartOf(),
      deploymentFacts({ desired: 1 }),
      [
        [
          'Deployment/web has a single replica: nothing else serves if the new pod does not.',
          'Deployment/web in shop: spec.replicas',
        ],
      ],
    ],
    [
      'one replica that is not ready',
      'single-replica',
      restartOf(),
      deploymentFacts({ desired: 1, ready: 0, available: 0 }),
      [],
    ],
    [
      'one replica of which none is left on the way',
      'single-replica',
      restartOf(),
      deploymentFacts({ desired: 1, ...recreate }),
      [],
    ],
    ['one replica that is not replaced', 'single-replica', pauseIn(), deploymentFacts({ desired: 1 }), []],
    ['a pause of what is smaller or larger', 'ready-pods', pauseIn(), deploymentFacts(), []],
    [
      'nothing is ready',
      'ready-pods',
      restartOf(),
      deploymentFacts({ ready: 0, available: 0 }),
      [
        [
          'No pod of Deployment/web is ready now: there is nothing left to lose.',
          'Deployment/web in shop: spec.strategy',
        ],
      ],
    ],
    [
      'a smaller size',
      'ready-pods',
      scaleTo(1),
      deploymentFacts(),
      [['1 of 3 ready pods left at the worst moment.', 'Deployment/web in shop: spec.replicas']],
    ],
    ...(
      [
        [0, '.'],
        [1, '; the one that runs now goes on.'],
        [2, '; the 2 that run now go on.'],
      ] as const
    ).map(
      ([runs, more]): Row => [
        `a schedule that stops while ${runs} run`,
        'runs-stop',
        suspendCronJob(),
        cronJobFacts({ active: Array.from({ length: runs }, (_, index) => `nightly-${index}`) }),
        [
          [
            expect.stringMatching(
              new RegExp(
                `^No more runs at "[^"]+"( \\(.*\\))? until somebody resumes it${more.replace('.', '\\.')}$`,
              ),
            ),
            expect.stringMatching(/: spec\.schedule$/),
          ],
        ],
      ],
    ),
  ])('%s', (_name, rule, action, facts, said) => {
    expect(saidBy(rule, action, facts)).toEqual(said);
  });
});

const api = (name: string) => nodePod(name, { owner: 'Deployment/api' });
const other = (name: string) => nodePod(name, { namespace: 'other' });
const owners = (...all: readonly (readonly [namespace: string, owner: string, ready: number])[]) => ({
  owners: all.map(([namespace, owner, ready]) => ({ namespace, owner, ready })),
});
const left = (text: string) => [text, 'Pods: spec.nodeName'] as const;

describe('whose pods leave a node, each counted by its owner and namespace', () => {
  test.each<Row>([
    [
      'the one that loses the larger share is named',
      'sole-workloads',
      evicting,
      housing(
        [web, api('api-0'), api('api-1')],
        10,
        owners(['shop', 'Deployment/web', 10], ['shop', 'Deployment/api', 4]),
      ),
      [left('Deployment/api in shop has 2 of 4 ready pods left at the worst moment.')],
    ],
    [
      'of equal shares the first by name',
      'sole-workloads',
      evicting,
      housing([web, api('api-0')], 10, owners(['shop', 'Deployment/web', 4], ['shop', 'Deployment/api', 4])),
      [left('Deployment/api in shop has 3 of 4 ready pods left at the worst moment.')],
    ],
    [
      'one of the same name in another namespace is another',
      'sole-workloads',
      evicting,
      housing(
        [web, other('web-0'), other('web-1')],
        10,
        owners(['shop', 'Deployment/web', 4], ['other', 'Deployment/web', 8]),
      ),
      [left('Deployment/web in other has 6 of 8 ready pods left at the worst moment.')],
    ],
    [
      'two that lose all, and one that loses a part',
      'sole-workloads',
      evicting,
      housing(
        [web, api('api-0'), other('web-0')],
        10,
        owners(['shop', 'Deployment/web', 1], ['shop', 'Deployment/api', 1], ['other', 'Deployment/web', 2]),
      ),
      [
        left(
          '2 workloads have no ready pod left until another is ready elsewhere: Deployment/api in shop and Deployment/web in shop.',
        ),
        left('Deployment/web in other has 1 of 2 ready pods left at the worst moment.'),
      ],
    ],
    [
      'what has no pod here loses nothing',
      'sole-workloads',
      drain,
      housing(pair, 10, owners(['shop', 'Deployment/web', 10], ['shop', 'Deployment/api', 1])),
      [left('Deployment/web in shop has 8 of 10 ready pods left at the worst moment.')],
    ],
    [
      'a cordon of a node that has all of two',
      'sole-workloads',
      cordonNode,
      nodeFacts(
        {},
        around({
          soleWorkloads: [
            { kind: 'Deployment', namespace: 'shop', name: 'web', pods: 3 },
            { kind: 'StatefulSet', namespace: 'shop', name: 'db', pods: 1 },
          ],
        }),
      ),
      [
        left(
          '2 workloads have all their ready pods on this node: Deployment/web in shop and StatefulSet/db in shop.',
        ),
      ],
    ],
    ['a cordon of a node that has all of none', 'sole-workloads', cordonNode, nodeFacts(), []],
    [
      'pods without a place, for more reasons than are told',
      'no-place',
      drain,
      housing(['d', 'c', 'b', 'a'].map((why) => nodePod(`of-${why}`, { noPlace: why }))),
      Array.from({ length: 2 }, () => [
        '4 pods would find no place on another node: Pod/of-a in shop (a), Pod/of-b in shop (b), Pod/of-c in shop (c) and others for 1 more reason.',
        'Nodes: status.allocatable',
      ]),
    ],
    [
      'for just as many',
      'no-place',
      drain,
      housing(['c', 'b', 'a'].map((why) => nodePod(`of-${why}`, { noPlace: why }))),
      Array.from({ length: 2 }, () => [
        '3 pods would find no place on another node: Pod/of-a in shop (a), Pod/of-b in shop (b), Pod/of-c in shop (c).',
        'Nodes: status.allocatable',
      ]),
    ],
    [
      'pods that read files of the node',
      'lost-with-pods',
      drain,
      housing([nodePod('logs-0', { traits: ['hostPath'] })]),
      [
        [
          'Pod/logs-0 in shop read or write files of the node (hostPath), which stay behind.',
          'Pods: spec.volumes',
        ],
      ],
    ],
    [
      'pods that must go elsewhere',
      'spare-capacity',
      drain,
      housing(pair, 10, { pods: 3 }),
      [
        [
          '5 other nodes can still take pods; 2 of the 3 pods on this one must go there.',
          expect.stringMatching(/^Node\/worker-1/),
        ],
      ],
    ],
    [
      'a node that is cordoned already',
      'spare-capacity',
      drain,
      node({ unschedulable: true }),
      [
        [
          'Node/worker-1 is cordoned and takes no pods anyway; 5 other nodes can.',
          expect.stringMatching(/^Node\/worker-1/),
        ],
      ],
    ],
  ])('%s', (_name, rule, action, facts, said) => {
    expect(saidBy(rule, action, facts)).toEqual(said);
  });
});

describe('names under which people outside reach what loses endpoints', () => {
  const host = (name: string, service: string, source: string) => ({ host: name, service, source });
  const services = [
    { name: 'web', ready: 3, own: 3 },
    { name: 'api', ready: 3, own: 3 },
  ];
  const outside = (hosts: readonly ReturnType<typeof host>[]) =>
    deploymentFacts(recreate, around({ services, hosts: [...hosts] }));
  const seen = (count: string, names: string) =>
    `Users outside see it: ${count} (${names}) with fewer endpoints behind.`;
  test.each<[string, readonly ReturnType<typeof host>[], readonly (readonly [string, string])[]]>([
    ['none', [], []],
    ['those of another Service', [host('x', 'other', 'Ingress/a')], []],
    [
      'three, from the first place by name',
      [
        host('c', 'web', 'Ingress/b'),
        host('a', 'api', 'Ingress/a'),
        host('b', 'web', 'Ingress/c'),
        host('x', 'other', 'Ingress/0'),
      ],
      [[seen('3 entry points', 'a, b, c'), 'Ingress/a']],
    ],
    [
      'four',
      ['d', 'c', 'b', 'a'].map((name) => host(name, 'web', 'Ingress/web')),
      [[seen('4 entry points', 'a, b, c and 1 more'), 'Ingress/web']],
    ],
  ])('%s', (_name, hosts, said) => {
    expect(saidBy('user-facing', restartOf(), outside(hosts))).toEqual(said);
  });

  test('a Service that is reached from outside by itself', () => {
    const facts = deploymentFacts(
      recreate,
      around({ services: [{ name: 'web', ready: 3, own: 3, exposed: 'LoadBalancer' }] }),
    );
    expect(saidBy('user-facing', restartOf(), facts)).toEqual([
      [seen('1 entry point', 'Service/web'), 'Service/web: spec.type'],
    ]);
  });
});
