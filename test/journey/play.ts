import type { Knex } from 'knex';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import { type Playbook, playbook } from '../../src/domain/incidents/playbook.ts';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import { type Parts, type Running, slackFace, start } from '../../src/main.ts';
import { type SlackDouble, startSlackDouble } from '../adapters/slack/double/start.ts';
import type { DoubleMessage } from '../adapters/slack/double/workspace.ts';
import { silentLog } from '../fixtures/log.ts';
import { cloneDatabase, onlooker } from '../support/database.ts';

/** What differs between two plays. */
export interface Script {
  readonly cluster: Parts['cluster'];
  readonly otherClusters?: Parts['otherClusters'];
  /** What the policy says of several. */
  readonly clusters?: object;
  readonly namespaces: { readonly production: readonly string[]; readonly protected: readonly string[] };
  /** Seconds; an hour unless told. */
  readonly approvalTtl?: number;
  /** None unless told. */
  readonly budgets?: object;
  /** The usual line of incidents, and no share, unless told. */
  readonly storm?: object;
  /** The usual ends unless told. */
  readonly incidents?: object;
  /** One that restarts what is crash looping unless told. */
  readonly playbooks?: readonly Playbook[];
  /** Another database than a clone of the run's template. */
  readonly database?: { readonly url: string; drop(): Promise<void> };
}

/** The whole Firebreak on real parts, and what people and Alertmanager do with it. Ids: U0ALICE, U0BOB, U0CAROL. */
export interface Play {
  readonly slack: SlackDouble;
  readonly knex: Knex;
  readonly running: Running;
  /** Types the slash command; resolves with what its sender alone reads. */
  type(user: string, text: string): Promise<string>;
  /** Types a command that is accepted; resolves with the number of its remediation. */
  ask(user: string, text: string): Promise<number>;
  /** Resolves with a remediation's card as soon as it begins with this word. */
  card(number: number, word: string): Promise<DoubleMessage>;
  /** Resolves with the number of the rollback that is offered for a failed remediation. */
  offer(failed: number): Promise<number>;
  /** Clicks; resolves with what the clicker alone reads. */
  click(user: string, card: DoubleMessage, button: keyof typeof actionIds, team?: string): Promise<string>;
  /** Resolves with a reply in the thread that this card heads or is in, as text, that holds `words`. */
  reply(root: DoubleMessage, words: string): Promise<string>;
  /** Posts alerts as Alertmanager does; resolves with the HTTP status. */
  alert(alerts: readonly object[]): Promise<number>;
  /** Asks the API what a command would be judged. */
  evaluate(question: object): Promise<{ readonly status: number; readonly answer: unknown }>;
  close(): Promise<void>;
}

const apiToken = 'the-api-token-of-the-journeys';
const alertToken = 'the-alert-token-of-the-journeys';
const channel = 'C0OPS';

/** The real control plane is shared by test files whose workloads fail on purpose: their share is no storm of this one. */
const manyWorkloads = { unhealthyWorkloads: 100_000 };

function policyFor({
  namespaces,
  approvalTtl = 3600,
  budgets,
  storm = manyWorkloads,
  clusters = {},
  incidents = {},
}: Script): Policy {
  const all = { users: ['U0ALICE', 'U0BOB', 'U0CAROL'] };
  return policy.parse({
    version: 1,
    namespaces,
    approvers: { human: all, dual: all },
    approvalTtlSeconds: approvalTtl,
    budgets,
    storm,
    clusters,
    incidents,
    verification: {
      initialDelaySeconds: 0,
      intervalSeconds: 1,
      goodSamples: 2,
      badSamples: 3,
      errorSamples: 5,
      deadlineSeconds: 600,
    },
  });
}

const restart = playbook.parse({
  version: 1,
  name: 'restart-crash-looping',
  description: 'Restart the workload whose pod is crash looping.',
  match: { labels: { alertname: 'KubePodCrashLooping' } },
  action: 'rollout restart {{kind}}/{{name}} -n {{namespace}}',
});

export async function openPlay(script: Script): Promise<Play> {
  const slack = await startSlackDouble();
  const database = script.database ?? (await cloneDatabase());
  const knex = onlooker(database.url);
  const { botToken, appToken } = slack.workspace;
  const running = await start({
    database: { kind: 'url', url: database.url },
    channel,
    policy: policyFor(script),
    playbooks: script.playbooks ?? [restart],
    alertTokens: { alertmanager: alertToken },
    apiToken,
    log: silentLog,
    cluster: script.cluster,
    ...(script.otherClusters === undefined ? {} : { otherClusters: script.otherClusters }),
    face: slackFace({
      slack: { botToken, mode: { kind: 'socket', appToken }, apiUrl: slack.apiUrl, channel },
      host: '127.0.0.1',
      port: 0,
    }),
  });
  await slack.untilConnected();
  return {
    slack,
    knex,
    running,
    ...doings(slack),
    alert: async (alerts) => {
      const response = await fetch(`http://127.0.0.1:${running.port}/webhooks/alertmanager`, {
        method: 'POST',
        headers: { authorization: `Bearer ${alertToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ version: '4', status: 'firing', alerts }),
      });
      return response.status;
    },
    evaluate: async (question) => {
      const response = await fetch(`http://127.0.0.1:${running.port}/api/v1/evaluate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiToken}` },
        body: JSON.stringify(question),
      });
      return { status: response.status, answer: await response.json() };
    },
    close: async () => {
      await running.stop();
      await knex.destroy();
      await Promise.all([slack.close(), database.drop()]);
    },
  };
}

export function doings(
  slack: SlackDouble,
): Pick<Play, 'type' | 'ask' | 'card' | 'offer' | 'click' | 'reply'> {
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other, so that an answer belongs to what was done. */
  const toldNext = (user: string, act: () => Promise<unknown>): Promise<string> => {
    const told = last.then(() => toldAfter(user, act));
    last = told.catch(() => undefined);
    return told;
  };
  const toldAfter = async (user: string, act: () => Promise<unknown>): Promise<string> => {
    // What it is not known of whether the response URL has taken it is posted once more, whenever that is.
    const answers = () => slack.ephemerals(user).filter(({ via }) => via !== 'postEphemeral');
    const before = answers().length;
    await act();
    const first = await slack.until(() => answers().at(before));
    // On a busy machine the answer comes after a word that it will.
    const isLate = first.text.startsWith('This takes longer than usual');
    const told = isLate ? await slack.until(() => answers().at(before + 1)) : first;
    return [told.text, JSON.stringify(told.blocks)].join('\n');
  };
  const type = (user: string, text: string) => toldNext(user, () => slack.slash(user, text));
  return {
    type,
    ask: async (user, text) => {
      const told = await type(user, text);
      const [, number] = /Remediation (\d+)\./.exec(told) ?? [];
      if (number === undefined) throw new Error(`"${text}" was not accepted: ${told}`);
      return Number(number);
    },
    card: async (number, word) => {
      const card = () => slack.messages().find(({ text }) => text.includes(`(remediation ${number})`));
      const fits = () => [card()].find((found) => found?.text.startsWith(`${word}: `));
      return slack.until(fits).catch((cause: unknown) => {
        const said = card()?.text ?? 'nothing';
        throw new Error(`The card of remediation ${number} never said "${word}"; it says: ${said}`, {
          cause,
        });
      });
    },
    offer: async (failed) => {
      const words = `rollback of remediation ${failed}"`;
      const card = await slack.until(() =>
        slack.messages().find(({ blocks }) => JSON.stringify(blocks).includes(words)),
      );
      return Number(/\(remediation (\d+)\)/.exec(card.text)?.[1]);
    },
    click: (user, card, button, team) =>
      toldNext(user, () =>
        slack.click({
          user,
          message: card,
          actionId: actionIds[button],
          ...(team === undefined ? {} : { userTeam: team }),
        }),
      ),
    reply: (root, words) =>
      slack.until(() =>
        slack
          .messages()
          .filter(({ thread_ts, ts }) => thread_ts === (root.thread_ts ?? root.ts) && ts !== root.ts)
          .map(({ text, blocks }) => `${text}\n${JSON.stringify(blocks)}`)
          .find((text) => text.includes(words)),
      ),
  };
}
