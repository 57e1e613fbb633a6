import { expect, test } from 'vitest';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import { buttonOn } from '../adapters/slack/double/payloads.ts';
import { openFaultScenario } from './fault-scenario.ts';
import { readRemediations } from './ledger.ts';
import { approve, until } from './people.ts';

test('self-heal that undoes an emergency change is told in its thread, with the name of who undid it', async () => {
  const hasRepository = { isLeftAlone: true } as const;
  const scenario = await openFaultScenario({ isHurried: true, hasRepository });
  const { slack, knex, repository } = scenario;
  try {
    await scenario.peer();
    await slack.slash('U0ALICE', 'set image deployment/front front=registry.example/front:1.1.0 -n shop');
    const actionId = actionIds.actNow;
    const message = await slack.until(() => slack.messages().find((each) => buttonOn(each, actionId)));
    const before = slack.workspace.views.length;
    await slack.click({ user: 'U0ALICE', message, actionId });
    const { view } = await slack.until(() => slack.workspace.views[before]);
    await slack.submit({ user: 'U0ALICE', view, fields: { reason: 'The shop is down.', pause: false } });
    await slack.until(() => slack.messages().find(({ text }) => text.includes('before the pull request')));
    await until(async () => {
      const [row] = await readRemediations(knex);
      if (row?.state === 'waiting') await approve(scenario, row.id, ['U0BOB', 'U0CAROL']);
      expect(row?.state).not.toBe('failed');
      return row?.state === 'succeeded';
    });
    await repository?.heal();
    // Its first look is a minute after the verdict; whoever starts looks for what is due.
    await until(async () => (await knex('drift_watches').update({ due_at: knex.raw('now()') })) === 1);
    await scenario.peer();
    const told = await slack.until(() =>
      slack.messages().find(({ text }) => text.includes('Drifted, undone by Argo CD (argocd-controller)')),
    );
    expect(told.thread_ts).toBe(message.thread_ts ?? message.ts);
    expect(JSON.stringify(told)).toContain('containers[front].image');
    const logged = () => knex('automation_operation_log').where('requested_by', 'drift_narrator');
    expect(await logged()).toMatchObject([{ outcome: 'failed', detail: expect.stringContaining('argocd') }]);
    expect(await knex('second_looks').select('result')).toEqual([{ result: 'undone' }]);
  } finally {
    await scenario.close();
  }
});
