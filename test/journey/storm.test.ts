import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { curedByAnnotation } from '../../src/simulator/kubelet/behaviour.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import { untilFull } from '../support/sandbox.ts';
import { unhurried } from '../support/unhurried.ts';
import { openPlay, type Play } from './play.ts';

/* More happens at once than one cause explains: on PostgreSQL, the simulated cluster and Slack's double. */

const text = z.object({ text: z.string() });

const failing = ['cart', 'search', 'stock', 'prices'];

let cluster: SimulatedCluster;
let play: Play;

beforeAll(async () => {
  cluster = await createSimulatedCluster({ speed: 6 });
  cluster.apply(namespace('shop'));
  cluster.apply(
    deployment({ name: 'web', namespace: 'shop', image: 'registry.example/web:1.0.0', replicas: 3 }),
  );
  for (const name of failing)
    cluster.apply(
      deployment({
        name,
        namespace: 'shop',
        image: `registry.example/${name}:1.0.0`,
        replicas: 2,
        behaviour: { [curedByAnnotation]: 'restart' },
      }),
    );
  await untilFull(cluster.url, 1);
  play = await openPlay({
    cluster: async (log) =>
      createCluster({ name: 'sandbox', connection: plainConnection(cluster.url), log, ...unhurried }),
    namespaces: { production: [], protected: [] },
    storm: { incidentsPerMinute: 3 },
  });
});
afterAll(async () => {
  await play?.close();
  await cluster?.stop();
});

const digest = (words: string) =>
  play.slack.until(() =>
    play.slack
      .messages()
      .find(({ text, blocks }) => text.includes('Storm: ') && JSON.stringify(blocks).includes(words)),
  );

test('one message lists every owner, and what would run by itself waits for a person', async () => {
  const alerts = failing.map((name) => ({
    status: 'firing',
    labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', deployment: name },
    startsAt: new Date().toISOString(),
  }));
  expect(await play.alert(alerts)).toBe(200);
  for (const name of failing) await digest(`deployment/${name}`);
  const all = await digest('Open ');
  expect(play.slack.messages().filter(({ text }) => text.includes('Storm: '))).toHaveLength(1);

  const asked = await play.ask('U0ALICE', 'scale deployment/web --replicas=4 -n shop');
  const card = await play.card(asked, 'Approval needed');
  expect(JSON.stringify(card.blocks)).toContain('A storm of');
  expect(JSON.stringify(all.blocks)).toContain('Nothing runs by itself until it is over');

  await play.type('U0ALICE', 'status');
  const status = JSON.stringify(play.slack.ephemerals('U0ALICE').at(-1)?.blocks);
  expect(status).toContain('A storm of');
  expect(status).toContain(`/archives/C0OPS/p${all.ts.replace('.', '')}|thread>`);
});

const choice = z.object({
  option_groups: z.array(z.object({ options: z.array(z.object({ value: z.string(), text })) })),
});

/** What may be chosen on a message of a storm. */
const offeredBy = ({ blocks }: { readonly blocks: readonly object[] }) =>
  blocks
    .flatMap((block) =>
      'accessory' in block ? (choice.safeParse(block.accessory).data?.option_groups ?? []) : [],
    )
    .flatMap(({ options }) => options);

const namedIn = (offered: ReturnType<typeof offeredBy>, name: string) =>
  offered.find((option) => option.text.text.includes(name));

test('one approval runs one playbook over those that are chosen, each once, and shows them first', async () => {
  // It is listed when its alert comes, and may be chosen once its card waits.
  const message = await play.slack.until(() =>
    play.slack.messages().find((each) => failing.every((name) => namedIn(offeredBy(each), name))),
  );
  const offered = offeredBy(message);
  const of = (name: string) => namedIn(offered, name)?.value ?? '';
  const several = { message, actionId: actionIds.together };
  await play.slack.click({ user: 'U0BOB', ...several });
  await play.slack.until(() =>
    play.slack.ephemerals('U0BOB').find((each) => each.text === 'Choose what to approve first.'),
  );

  const chosen = [of('cart'), of('search'), of('stock')];
  const opened = async (user: string) => {
    const before = play.slack.workspace.views.length;
    await play.slack.click({ user, ...several, chosen });
    return play.slack.until(() => play.slack.workspace.views.at(before)?.view);
  };
  const [bobs, carols] = [await opened('U0BOB'), await opened('U0CAROL')];
  for (const name of ['cart', 'search', 'stock'])
    expect(JSON.stringify(bobs)).toContain(`kubectl rollout restart deployment/${name} -n shop`);
  expect(JSON.stringify(bobs)).toContain('tier human');
  expect(JSON.stringify(bobs)).not.toContain('deployment/prices');

  const acks: string[] = [];
  const confirm = async (user: string, view: unknown) => {
    acks.push(JSON.stringify(await play.slack.submit({ user, view })));
  };
  await Promise.all([confirm('U0BOB', bobs), confirm('U0CAROL', carols), confirm('U0BOB', bobs)]);
  /** On a busy machine an answer comes after the dialog's. */
  const approved = () =>
    [...acks, ...play.slack.ephemerals().map((each) => each.text)].filter((each) =>
      each.includes('Approved together.'),
    );
  await play.slack.until(() => approved().at(0));

  for (const name of ['cart', 'search', 'stock'])
    await play.slack.until(() =>
      play.slack.messages().find((each) => each.text.startsWith(`Verified: restart Deployment/${name}`)),
    );
  expect(approved()).toHaveLength(1);
  expect(await play.knex('approvals')).toHaveLength(3);
  // Where its pods have changed meanwhile, the first card has given way to a newer one.
  const left = await play.knex('remediations').where('command', 'like', '%prices%').pluck('state');
  expect(left.filter((state) => state !== 'superseded')).toEqual(['waiting']);
  await play.slack.until(() =>
    play.slack
      .messages()
      .find((each) => each.thread_ts === message.ts && each.text.includes('approved together by')),
  );
});
