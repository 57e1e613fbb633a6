import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { namespace } from '../../src/simulator/workloads.ts';
import { buttonOn } from '../adapters/slack/double/payloads.ts';
import type { FaultScenario } from './fault-scenario.ts';
import type { RepositoryPlay } from './repository.ts';
import { fireAlerts, ordered, orderedReady, orderedStuck, pool, report, twins } from './shop.ts';
import { shownFirst } from './shown-first.ts';

/** One way through the states, from somebody's wish to the end. */
export interface Road {
  /** Begins it at the only replica there is, which listens on `port`. */
  begin(scenario: FaultScenario, port: number): Promise<void>;
  readonly approvers: readonly string[];
  /** What it needs in the cluster besides the usual. */
  readonly besides?: readonly JsonObject[];
  /** Its target is made from a repository. */
  readonly hasRepository?: true | RepositoryPlay;
  /** The ends of its remediations, in order. */
  readonly ends: readonly (readonly [state: string, verdict: string | null])[];
  /** What must hold at the end besides; throws where it does not. */
  readonly check?: (scenario: FaultScenario) => void | Promise<void>;
}

/** The ack may be lost with the replica; what counts is that the wish is in the database. */
const ask =
  (text: string) =>
  async ({ slack }: FaultScenario): Promise<void> =>
    void slack.slash('U0ALICE', text);

/** Whoever asked wants it before the pull request, and Argo CD paused meanwhile. */
async function actNow({ slack }: FaultScenario): Promise<void> {
  const actionId = actionIds.actNow;
  const message = await slack.until(() => slack.messages().find((each) => buttonOn(each, actionId)));
  const before = slack.workspace.views.length;
  await slack.click({ user: 'U0ALICE', message, actionId });
  const { view } = await slack.until(() => slack.workspace.views[before]);
  const fields = { reason: 'The shop is down.', pause: true };
  await slack.submit({ user: 'U0ALICE', view, fields });
}

/** Twenty of 480 characters. */
const values = Array.from({ length: 20 }, (_, at) => `'V${at}=${at} ${'x'.repeat(477)}'`);

type RoadName =
  | 'human'
  | 'dual'
  | 'alert'
  | 'failing'
  | 'drain'
  | 'ordered'
  | 'shown'
  | 'job'
  | 'request'
  | 'rebased'
  | 'emergency'
  | 'several'
  | 'severalFailing';

export const roads: Readonly<Record<RoadName, Road>> = {
  human: {
    begin: ask('set image deployment/web web=registry.example/web:1.1.0 -n shop'),
    approvers: ['U0BOB'],
    ends: [['succeeded', 'verified']],
  },
  dual: {
    begin: ask('rollout restart deployment/ledger -n payments'),
    approvers: ['U0BOB', 'U0CAROL'],
    ends: [['succeeded', 'verified']],
  },
  alert: {
    begin: async (scenario, port) => void (await fireAlerts(scenario.site.cluster, port, ['checkout'])),
    approvers: [],
    ends: [['succeeded', 'verified']],
  },
  failing: {
    begin: ask('set image deployment/web web=registry.example/web:bad -n shop'),
    approvers: ['U0BOB'],
    ends: [
      ['failed', 'not_verified'],
      ['succeeded', 'verified'],
    ],
  },
  /** A cordon and three evictions, the last of which has to wait for the budget over the pods. */
  drain: {
    begin: ask('drain batch-1 --ignore-daemonsets'),
    approvers: ['U0BOB', 'U0CAROL'],
    besides: pool,
    ends: [['succeeded', 'verified']],
  },
  /** The template is written, then the pod is deleted that would hold the rollout up, once the controller has seen that. */
  ordered: {
    begin: async (scenario) => {
      const { cluster } = scenario;
      await orderedReady(cluster.url, 2);
      cluster.apply(ordered('bad'));
      await orderedStuck(cluster.url);
      await ask('rollout undo statefulset/store -n data')(scenario);
    },
    approvers: ['U0BOB', 'U0CAROL'],
    besides: [namespace('data'), ordered('1.0.0')],
    ends: [['succeeded', 'verified']],
  },
  /** More values than a card has room for: they are in its thread before anybody may approve. */
  shown: {
    begin: ask(`set env deployment/web ${values.join(' ')} -n shop`),
    approvers: ['U0BOB'],
    check: shownFirst,
    ends: [['succeeded', 'verified']],
  },
  job: {
    begin: ask('create job report-now --from=cronjob/report -n shop'),
    approvers: ['U0BOB'],
    besides: [report],
    ends: [['succeeded', 'verified']],
  },
  /** The change is one commit in one pull request, which is merged and applied; nothing is sent to the cluster. */
  request: {
    begin: ask('set image deployment/front front=registry.example/front:1.1.0 -n shop'),
    approvers: ['U0BOB'],
    hasRepository: true,
    check: ({ repository }) => repository?.expectOnce(),
    ends: [['succeeded', 'verified']],
  },
  /** The base changes the line beside it: the request is made anew on it, once, and then merged and applied. */
  rebased: {
    begin: ask('set image deployment/front front=registry.example/front:1.1.0 -n shop'),
    approvers: ['U0BOB'],
    hasRepository: { baseMoves: true },
    check: ({ repository }) => repository?.expectOnce(),
    ends: [['succeeded', 'verified']],
  },
  /** Two people act before the request: Argo CD is paused, the change made, the merge request opened, merged, and the pause over. */
  emergency: {
    begin: async (scenario) => {
      await ask('set image deployment/front front=registry.example/front:1.1.0 -n shop')(scenario);
      await actNow(scenario);
    },
    approvers: ['U0BOB', 'U0CAROL'],
    hasRepository: { kind: 'gitlab' },
    check: async ({ repository }) => {
      repository?.expectOnce();
      await repository?.expectUnpaused();
    },
    ends: [['succeeded', 'verified']],
  },
  several: {
    begin: ask("rollout restart deployment -l 'app in (cart,search,stock)' -n shop"),
    approvers: ['U0BOB'],
    ends: [['succeeded', 'verified']],
  },
  /** Each object is offered a rollback of its own. */
  severalFailing: {
    begin: ask('set image deployment/north deployment/south app=registry.example/app:bad -n shop'),
    approvers: ['U0BOB'],
    besides: twins,
    ends: [
      ['failed', 'not_verified'],
      ['succeeded', 'verified'],
      ['succeeded', 'verified'],
    ],
  },
};
