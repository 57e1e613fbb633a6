import { describe, expect, test } from 'vitest';
import { isMarked } from '../../src/adapters/slack/files/mark.ts';
import type { Halt } from './composition.ts';
import { alertToken } from './composition.ts';
import type { FaultScenario } from './fault-scenario.ts';
import { onFaultScenario } from './kill.ts';
import { until } from './people.ts';

/*
 * The end of an incident: it is closed, which is told at its head, in its thread and as a file. Whoever is killed or stands still
 * at it is followed by another, and each of the three is there once.
 */

/** Two alerts about one workload that no playbook knows, with a thread, both of them over. */
async function overAndQuiet(scenario: FaultScenario): Promise<void> {
  const { running } = await scenario.peer();
  const startsAt = '2026-03-01T12:00:00.000Z';
  const send = async (status: 'firing' | 'resolved', names: readonly string[]) => {
    const alerts = names.map((alertname) => ({
      ...{ status, startsAt, fingerprint: alertname, annotations: {} },
      labels: { alertname, namespace: 'shop', deployment: 'web' },
      ...(status === 'resolved' ? { endsAt: '2026-03-01T12:30:00.000Z' } : {}),
    }));
    const response = await fetch(`http://127.0.0.1:${running.port}/webhooks/alertmanager`, {
      method: 'POST',
      headers: { authorization: `Bearer ${alertToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ version: '4', status, alerts }),
    });
    expect(response.status).toBe(200);
  };
  const [slow, down] = ['SlowAnswers', 'FewReplicas'];
  await send('firing', [slow]);
  await until(async () => scenario.slack.messages().length > 0 && (await quiet(scenario)));
  await send('firing', [down]);
  await send('resolved', [slow, down]);
  await until(async () => (await joined(scenario)) === 1 && (await quiet(scenario)));
  await running.stop();
  // Both were over for long enough, and it is looked at now.
  await scenario.knex.raw(`update incidents set created_at = now() - interval '20 minutes',
    resolved_at = now() - interval '15 minutes', look_at = now() - interval '1 second'`);
}

async function joined({ knex }: FaultScenario): Promise<number> {
  const found = await knex('incidents').whereNotNull('joined').whereNotNull('resolved_at');
  return found.length;
}

async function quiet({ knex }: FaultScenario): Promise<boolean> {
  const waiting = await knex('slack_outbox')
    .where('status', 'open')
    .whereRaw('sent_revision < desired_revision')
    .orWhereNull('ts');
  const untriaged = await knex('incidents').where('state', 'received');
  return waiting.length === 0 && untriaged.length === 0;
}

/** Milliseconds in which what came too late would have been there. */
const afterwards = 2_000;

async function toldOnce(scenario: FaultScenario): Promise<void> {
  const ended = async () => {
    const [root] = await scenario.knex('incidents').whereNull('joined').select('closed_at', 'closed_why');
    return root?.closed_at != null && (await quiet(scenario));
  };
  await until(ended);
  await new Promise((resolve) => setTimeout(resolve, afterwards));
  await until(ended);
  const messages = scenario.slack.messages();
  const keys = (await scenario.knex('slack_outbox').select('key')).map(({ key }) => String(key));
  const [report, ...others] = keys.filter((key) => key.startsWith('report:'));
  expect(others).toEqual([]);
  const files = messages.flatMap((message) => message.files ?? []);
  expect(files.map(({ name }) => isMarked(name, report ?? ''))).toEqual([true]);
  expect(files[0]?.text).toMatch(
    /^# Incident \d+: Deployment\/web in shop\. Closed after .*all 2 alerts are over/,
  );
  const ends = messages.filter(({ metadata }) => String(metadata?.event_payload['key']).startsWith('end:'));
  expect(ends).toHaveLength(1);
  const [head] = messages;
  expect(JSON.stringify(head?.blocks)).toMatch(/is closed since/);
  expect(
    [...ends, ...messages.filter(({ files: shared }) => shared)].map(({ thread_ts }) => thread_ts),
  ).toEqual([head?.ts, head?.ts]);
}

const onEnd = (play: (scenario: FaultScenario) => Promise<void>) =>
  onFaultScenario(
    async (scenario) => {
      await overAndQuiet(scenario);
      await play(scenario);
      await toldOnce(scenario);
    },
    { isHurried: true },
  );

const at = (point: string, occurrence = 1): Halt => ({ point, occurrence });

describe.concurrent('the end of an incident is told once', () => {
  test.each([at('begin:end'), at('worked:end'), at('before-post', 2), at('after-post', 2)])(
    'killed at $point, for the time $occurrence',
    (halt) =>
      onEnd(async (scenario) => {
        const victim = await scenario.replica(halt);
        await victim.halted;
        await scenario.peer();
        await victim.kill();
      }),
  );

  test('frozen with it in its hands', () =>
    onEnd(async (scenario) => {
      const victim = await scenario.replica({ ...at('worked:end'), how: 'freeze' });
      await victim.stopped();
      await scenario.peer();
      await until(async () => (await quiet(scenario)) && (await closed(scenario)));
      victim.wake();
    }));

  test('although the answer to its report is lost', () =>
    onEnd(async (scenario) => {
      scenario.slack.fail('files.completeUploadExternal', { kind: 'status', status: 503, accept: true });
      await scenario.peer();
    }));
});

async function closed({ knex }: FaultScenario): Promise<boolean> {
  return (await knex('incidents').whereNull('joined').whereNotNull('closed_at')).length > 0;
}
