import { describe, expect, test } from 'vitest';
import { openSilentCluster } from '../support/silent-cluster.ts';
import type { Replica } from './child.ts';
import type { Halt } from './composition.ts';
import type { FaultScenario } from './fault-scenario.ts';
import { holds, onFaultScenario } from './kill.ts';
import { readRemediations } from './ledger.ts';
import { decideUntilOver, until } from './people.ts';
import { fireAlerts } from './shop.ts';

/*
 * An alert, and what is proposed for it, wait for a cluster that does not answer. Whoever has put them to wait, or goes on when
 * the cluster is back, is killed there: another goes on, and each is proposed for once.
 */

/** What waits: the alert, or what it brought about. */
type What = 'received' | 'requested';

interface Away {
  readonly scenario: FaultScenario;
  /** Starts a replica that can be killed, at the cluster that is away. */
  start(halt?: Halt): Promise<Replica>;
  /** Resolves when the alert, or its proposal, waits; what is due in half a minute is due now, again and again, until then. */
  waits(): Promise<void>;
  /** The cluster answers again, and what waits is due. */
  comesBack(): Promise<void>;
}

/** Plays while a cluster does not answer from the moment on at which there is something that is to wait. */
async function onSilence(what: What, play: (away: Away) => Promise<void>): Promise<void> {
  await onFaultScenario(
    async (scenario) => {
      const { knex, site } = scenario;
      const state = { isAway: true };
      const isThere = async () => what === 'received' || (await readRemediations(knex)).length > 0;
      const way = await openSilentCluster(site.cluster, async () => state.isAway && (await isThere()));
      const soon = async () => {
        await knex.raw(`update pgboss.job set start_after = now() where name = 'wake' and state < 'active'
          and start_after > now() and data->>'kind' in ('triage', 'step')`);
        await knex.raw(`select pg_notify('firebreak', 'job')`);
      };
      const found = () => knex(waitingIn[what]).whereNotNull('awaits_cluster').select('id');
      try {
        await play({
          scenario,
          start: (halt) => scenario.replica(halt, { cluster: way.url }),
          waits: () => until(async () => (await found()).length === 1),
          comesBack: async () => {
            state.isAway = false;
            await soon();
          },
        });
      } finally {
        way.close();
      }
    },
    { isHurried: true },
  );
}

const waitingIn = { received: 'incidents', requested: 'remediations' } as const;

const fire = async ({ site }: FaultScenario, { port }: Replica): Promise<void> =>
  expect(await fireAlerts(site.cluster, port, ['checkout'])).toBe(200);

/** Once, in time, and whole; and who reads the channel has one message about the cluster at most, which says that it is over. */
async function endsWell(scenario: FaultScenario): Promise<void> {
  await until(async () => (await readRemediations(scenario.knex)).length > 0);
  await decideUntilOver(scenario, []);
  const told = scenario.slack.messages().filter(({ text }) => text.includes('for the API of the cluster'));
  expect(told.length).toBeLessThanOrEqual(1);
  await holds(scenario, { ends: [['succeeded', 'verified']] });
}

describe.concurrent.each(['received', 'requested'] as const)('killed when it is %s and waits', (what) => {
  test('before that is written', async () => {
    await onSilence(what, async ({ scenario, start, waits, comesBack }) => {
      const victim = await start({ point: `waits:${what}` });
      await fire(scenario, victim);
      await victim.halted;
      await start();
      await victim.kill();
      await waits();
      await comesBack();
      await endsWell(scenario);
    });
  });

  test.each([`begin:${what}`, `worked:${what}`, `committed:${what}`])(
    'while it waits, and at %s when the cluster is back',
    async (point) => {
      await onSilence(what, async ({ scenario, start, waits, comesBack }) => {
        const first = await start();
        await fire(scenario, first);
        await waits();
        await first.kill();
        await comesBack();
        const second = await start({ point });
        await second.halted;
        await start();
        await second.kill();
        await endsWell(scenario);
      });
    },
  );
});

describe.concurrent('killed as it says in the channel that an alert waits', () => {
  test.each(['before-post', 'after-post'])('at %s', async (point) => {
    await onSilence('received', async ({ scenario, start, waits, comesBack }) => {
      const { slack } = scenario;
      const victim = await start({ point });
      await fire(scenario, victim);
      await waits();
      await victim.halted;
      await start();
      await victim.kill();
      const said = (words: string) => slack.messages().filter(({ text }) => text.startsWith(words));
      await until(async () => said('1 alert waits for the API of the cluster sandbox').length > 0);
      await comesBack();
      await until(async () => said('No alert waits for the API of the cluster sandbox').length > 0);
      await endsWell(scenario);
      expect(said('No alert waits')).toHaveLength(1);
    });
  });
});
