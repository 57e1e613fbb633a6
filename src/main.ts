import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { startSilences } from './adapters/alertmanager/keep.ts';
import { openExportFolder } from './adapters/files/export-folder.ts';
import { currentLogins } from './adapters/gitops/logins.ts';
import { repositoriesOnDemand } from './adapters/gitops/on-demand.ts';
import { createPulse } from './adapters/http/health.ts';
import type { Route } from './adapters/http/route.ts';
import { connect } from './adapters/kubernetes/client/connect.ts';
import { createCluster, type KubernetesCluster } from './adapters/kubernetes/cluster.ts';
import { startFollowing } from './adapters/kubernetes/observe/follow-events.ts';
import { followSlack } from './adapters/metrics/heartbeat.ts';
import { createMetrics } from './adapters/metrics/metrics.ts';
import {
  observedChat,
  observedCluster,
  observedOutbox,
  observedSilencer,
  observedSteps,
  observedStore,
} from './adapters/metrics/observed.ts';
import { recordPolicy } from './adapters/postgres/audit/policy-changes.ts';
import { createChain } from './adapters/postgres/insight/chain.ts';
import { createPast } from './adapters/postgres/insight/past.ts';
import { startRoutines } from './adapters/postgres/insight/start-routines.ts';
import { stepsAtOnce } from './adapters/postgres/jobs/jobs.ts';
import { createPolicyProposals } from './adapters/postgres/policy-proposals.ts';
import { openStorage } from './adapters/postgres/storage.ts';
import { startUpkeep } from './adapters/postgres/upkeep.ts';
import { createMeasures } from './adapters/prometheus/measures.ts';
import { askWhoWeAre, type SlackSettings, startSlack } from './adapters/slack/app.ts';
import { createTracing } from './adapters/tracing/traced.ts';
import { createClock } from './clock.ts';
import { checkedForClusters, openClusters, severalFor, toldBy } from './clusters-at-hand.ts';
import { type Config, processEnvironment, readConfig } from './config.ts';
import { ConfigFault } from './config-fault.ts';
import type { Playbook } from './domain/incidents/playbook.ts';
import { candidatesFor, type Place } from './domain/policy/channels.ts';
import type { Policy } from './domain/policy/policy.ts';
import { routesOf } from './http-side.ts';
import { policyDiff } from './policy/edit.ts';
import { followPolicy, type PolicySource } from './policy/reload.ts';
import { learn } from './stages/learn/trust.ts';
import { lookAtArrivals } from './workflow/arrivals/look-at-arrivals.ts';
import type { WorkflowContext } from './workflow/context.ts';
import { deliverAll } from './workflow/delivery/deliver.ts';
import { watchShare } from './workflow/insight/unhealthy-share.ts';
import { watchChain } from './workflow/insight/watch.ts';
import { weeklyExport } from './workflow/insight/weekly-export.ts';
import { type Commands, createCommands } from './workflow/intake/commands.ts';
import { createPeopleFirst } from './workflow/intake/people-first.ts';
import { createJustSeen } from './workflow/lifecycle/members.ts';
import { handleWake } from './workflow/lifecycle/run.ts';
import type { Chat, Log, People, Store } from './workflow/ports.ts';
import { watchTrust } from './workflow/trust/propose.ts';

/** How people reach Firebreak and it reaches them: Slack, or a terminal in the sandbox. */
export interface Face {
  readonly chat: Chat;
  readonly people: People;
  readonly port: number;
  connected(): boolean;
  /** Resolves when the chat has answered; absent where there is no way to ask. */
  ping?(): Promise<void>;
  /** @param seconds that open requests get */
  stop(seconds?: number): Promise<void>;
}

/** What a face is given of the rest. */
interface Inner {
  readonly commands: Commands;
  readonly routes: readonly Route[];
  readonly log: Log;
}

/** What a Firebreak is composed of, besides what is the same in every one. */
export interface Parts extends Partial<Pick<Config, 'gitLogins' | 'gitLoginsAgain'>> {
  readonly database: Config['database'];
  readonly channel: string;
  /** See Config.slack.fallbackChannel. */
  readonly fallbackChannel?: string | undefined;
  /** See Config.auditAnchorFile. */
  readonly auditAnchorFile?: string | undefined;
  /** See Config.exportFolder. */
  readonly exportFolder?: string | undefined;
  readonly policy: Policy;
  /** Where the policy comes from, when it is to follow its file. */
  readonly policySource?: PolicySource;
  readonly playbooks: readonly Playbook[];
  /** See Config.alertTokens; a source without one is disabled. */
  readonly alertTokens?: Config['alertTokens'];
  readonly apiToken?: string;
  /** See Config.alertmanager. */
  readonly alertmanager?: Config['alertmanager'];
  /** See Config.prometheus. */
  readonly prometheus?: Config['prometheus'];
  readonly log: Log;
  /** The default one, and the only one where there are no others. */
  readonly cluster: (log: Log) => Promise<KubernetesCluster>;
  readonly otherClusters?: readonly ((log: Log) => Promise<KubernetesCluster>)[];
  /** Called twice: when the start begins, so that what needs nothing of the rest goes on beside it, and when the rest is there. */
  readonly face: (log: Log) => (inside: Inner) => Promise<Face>;
  /** True when the chat knows nothing of what was posted before, as the sandbox's after it ended. */
  readonly chatIsNew?: boolean;
  /** See WorkflowContext, of these two. */
  readonly repositoryPatience?: number;
  readonly probe?: (point: string) => Promise<void>;
}

export interface Running {
  readonly port: number;
  readonly commands: Commands;
  readonly context: WorkflowContext;
  stop(): Promise<void>;
  /**
   * Goes without anybody noticing: says at once that it is not ready, hands its steps over, goes on answering until that has
   * got round, and stops. Ten seconds at most.
   */
  leave(): Promise<void>;
}

/** Seconds that running steps and open requests get when Firebreak stops. */
const grace = 3;

/** Seconds until whoever sends requests here has heard that this replica is not ready: endpoints take one or two. */
const lameDuck = 3;

/** Seconds after which a process that was told to end does, whatever still holds it. */
const lastCall = 9.5;

/**
 * Starts one replica: storage, cluster, face, then the engine. Whatever was left unfinished resumes at once.
 *
 * @throws ConfigFault, DatabaseAway, ConnectionError or SlackStartFault with one sentence; nothing is left open then
 */
export async function start(parts: Parts): Promise<Running> {
  const { log } = parts;
  const metrics = createMetrics();
  const [tracing, peopleFirst] = [createTracing(), createPeopleFirst()];
  const pulse = createPulse();
  const undo: (() => Promise<unknown>)[] = [];
  let stopping = false;
  const stop = async () => {
    stopping = true;
    for (const step of undo.splice(0).reverse())
      await step().catch((fault) => log.warn({ err: fault }, 'A part did not stop cleanly'));
  };
  const openFace = parts.face(log);
  try {
    let following: () => Policy = () => parts.policy;
    const opened = [parts.cluster, ...(parts.otherClusters ?? [])].map(
      (open) => async () => tracing.cluster(observedCluster(await open(log), metrics)),
    );
    const atHand = await openClusters(opened, (each) => undo.push(() => each.close()), {
      ...{ places: stepsAtOnce, log },
      clock: () => new Date().toISOString(),
    });
    undo.push(atHand.stop);
    const { cluster } = atHand;
    for (const each of atHand.all) void warnIfUnreachable(each, log);
    const source = checkedForClusters(atHand, parts.policy, parts.policySource);
    const route = (place: Place) => candidatesFor(following(), place, parts.channel);
    const storage = await openStorage({
      stormLine: () => following().storm,
      reopenMinutes: () => following().incidents.reopenMinutes,
      ...{ route, database: parts.database, channel: parts.channel, afterPeople: peopleFirst.afterPeople },
      fallbackChannel: parts.fallbackChannel,
      cluster: cluster.name,
      ...severalFor(atHand, () => following()),
      identity: atHand.identity,
      newId: randomUUID,
      sha256,
      learn,
      log,
      turned: () => pulse.turned('queue'),
    });
    undo.push(() => storage.close());
    const followed = await followPolicy({
      policy: parts.policy,
      source,
      record: (text) => recordPolicy(storage.knex, text, sha256),
      ...{ log, playbooks: parts.playbooks },
      onRead: (result) => metrics.policyReloads.inc({ result }),
    });
    const policy = { current: () => atHand.policyOf(followed.current()) };
    following = policy.current;
    undo.push(() => followed.stop());
    undo.push(
      startUpkeep({
        knex: storage.knex,
        sha256,
        policy: policy.current,
        ...{ log, newId: randomUUID, clock: createClock(storage.clockSkew) },
        ...{ channel: parts.channel, route, clusters: atHand.all.map(({ name }) => name) },
        anchorFile: parts.auditAnchorFile,
      }),
    );
    const proposals = createPolicyProposals({
      ...{ knex: storage.knex, newId: randomUUID, channel: parts.channel, sha256 },
      clock: createClock(storage.clockSkew),
    });
    undo.push(
      startRoutines({ knex: storage.knex, newId: randomUUID, channel: parts.channel, log }, [
        weeklyExport({
          past: createPast(storage.knex),
          clock: createClock(storage.clockSkew),
          log,
          folder: parts.exportFolder,
          open: (name) => openExportFolder(join(parts.exportFolder ?? '.', name)),
        }),
        watchTrust({
          ...{ proposals, store: storage.store, playbooks: () => parts.playbooks, policy: policy.current },
          ...{ clock: createClock(storage.clockSkew), sha256, log },
        }),
        watchShare({ clusters: atHand.all, store: storage.store, line: () => policy.current().storm, log }),
        watchChain({
          chain: createChain(storage.knex),
          clock: createClock(storage.clockSkew),
          playbooks: () => parts.playbooks,
          policy: policy.current,
          log,
        }),
      ]),
    );

    const connected = Promise.withResolvers<Face>();
    connected.promise.catch(() => undefined);
    const context: WorkflowContext = {
      store: tracing.store(observedStore(storage.store, metrics)),
      cluster,
      ...(atHand.several === undefined ? {} : { clusters: atHand.several }),
      clock: createClock(storage.clockSkew),
      newId: randomUUID,
      sha256,
      policy: policy.current,
      playbooks: () => parts.playbooks,
      log,
      repositories: repositoriesOnDemand(currentLogins(parts, log), () => policy.current().gitOps.hosts),
      fence: () => 'Nothing was sent: no step is under way.',
      ...{ gatePatience: 1_500, repositoryPatience: parts.repositoryPatience, justSeen: createJustSeen() },
      people: async () => (await connected.promise).people,
      proposing: { proposals, diff: (place) => policyDiff(parts.policySource?.file, place) },
      ...{ probe: parts.probe ?? (() => Promise.resolve()), notified: storage.notified, peopleFirst },
      ...(parts.alertmanager === undefined ? {} : { silences: storage.silences }),
    };
    undo.push(
      startSilences(parts.alertmanager, { ...storage, ...context, ...context.store }, (silencer) =>
        observedSilencer(silencer, metrics),
      ),
    );
    const commands = tracing.commands(createCommands(context));
    let isConnected = () => false;
    const routes = routesOf(parts, {
      context,
      storage,
      metrics,
      pulse,
      isConnected: () => isConnected(),
      isStopping: () => stopping,
      health: () => atHand.several?.health() ?? [],
    });
    const face = await openFace({ commands, routes, log });
    undo.push(() => face.stop(grace));
    connected.resolve(face);
    isConnected = () => face.connected();
    const ping = face.ping?.bind(face);
    if (ping !== undefined) {
      const quiet = followSlack(ping, metrics);
      undo.push(async () => quiet());
    }
    if (parts.chatIsNew === true) await storage.repostCards();
    await storage.jobs.start(
      observedSteps(
        tracing.steps((wake, claim, signal, fence, row) =>
          handleWake({ ...context, fence }, wake, claim, signal, row),
        ),
        metrics,
      ),
    );
    undo.push(() => storage.jobs.stop(grace));
    const wanted = () => policy.current().warningEvents;
    for (const each of atHand.all) {
      const ingest: Store['ingest'] = (alerts) =>
        context.store.ingest(toldBy(atHand, each, policy.current, alerts));
      undo.push(startFollowing({ ...context, watch: each.watchWarnings, wanted, ingest }));
    }
    const delivery = new AbortController();
    const measures = parts.prometheus && createMeasures(parts.prometheus);
    const looking = lookAtArrivals({ ...context, measures }, storage.arrivals, delivery.signal);
    const delivering = deliverAll(
      context,
      {
        outbox: observedOutbox(storage.outbox, () => pulse.turned('outbox')),
        chat: tracing.chat(observedChat(face.chat, metrics)),
      },
      delivery.signal,
    );
    undo.push(async () => {
      delivery.abort();
      await Promise.all([delivering, looking]);
    });
    const clusters = atHand.all.map(({ name }) => name);
    log.info({ port: face.port, cluster: cluster.name, clusters }, 'Firebreak is ready');
    const leave = async () => {
      stopping = true;
      log.info({ seconds: lameDuck }, 'Firebreak is leaving: not ready any more, answering what still comes');
      await Promise.all([sleep(lameDuck * 1000), storage.jobs.stop(grace)]);
      await stop();
    };
    return { port: face.port, commands, context, stop, leave };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

/** A cluster that is away must not keep Firebreak from answering people; they are told when they ask for something. */
async function warnIfUnreachable(cluster: KubernetesCluster, log: Log): Promise<void> {
  const patience = AbortSignal.timeout(15_000);
  // So that it is known before anything is asked for.
  void cluster.identity(patience).catch(() => undefined);
  const reach = await cluster.checkReachable(patience).catch(() => undefined);
  if (reach?.kind === 'unreachable') log.warn({ cluster: cluster.name }, reach.reason);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The face of production: Slack, as the configuration describes it. */
export function slackFace(
  { slack, host, port }: Pick<Config, 'slack' | 'host' | 'port'>,
  more: Pick<SlackSettings, 'guestFlags'> = {},
): Parts['face'] {
  const { mode, botToken } = slack;
  const server = slack.apiUrl === undefined ? {} : { apiUrl: slack.apiUrl };
  return (log) => {
    const self = askWhoWeAre({ mode, botToken, ...server, log });
    return (inside) => startSlack({ mode, botToken, host, port, ...server, ...more, ...inside, self });
  };
}

/** The clusters of production: those of FIREBREAK_CLUSTERS, or the one that KUBECONFIG or the pod says. */
export function kubernetesClusters(
  config: Pick<Config, 'kubeconfig' | 'inPod' | 'clusters'>,
): Pick<Parts, 'cluster' | 'otherClusters'> {
  const [first, ...others] = (config.clusters ?? []).map(
    ({ name, ...way }): Parts['cluster'] =>
      async (log) =>
        createCluster({ name, connection: await connect(way), log }),
  );
  return first === undefined
    ? { cluster: kubernetesCluster(config) }
    : { cluster: first, otherClusters: others };
}

/** The cluster of production: the current context of the kubeconfig, or the one Firebreak runs in. */
export function kubernetesCluster(way: Pick<Config, 'kubeconfig' | 'inPod'>): Parts['cluster'] {
  return async (log) => {
    const connection = await connect(way);
    return createCluster({ name: connection.cluster, connection, log });
  };
}

/** Runs until a signal comes; a fault at the start is one sentence and exit code 1. */
async function run(): Promise<void> {
  // From the first moment on: as the first process of a container a signal without a listener would be ignored. Before it is
  // ready nothing is under way that another start would not carry on.
  let end = (_signal: NodeJS.Signals) => Promise.resolve();
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      setTimeout(() => process.exit(0), lastCall * 1000).unref();
      void end(signal).then(() => process.exit(0));
    });
  try {
    const config = readConfig(processEnvironment());
    const log = pino({ level: config.logLevel });
    const running = await start({
      ...config,
      channel: config.slack.channel,
      fallbackChannel: config.slack.fallbackChannel,
      log,
      ...kubernetesClusters(config),
      face: slackFace(config),
    });
    // Who types it waits for it; who sends it has others that go on.
    end = (signal) => (signal === 'SIGTERM' ? running.leave() : running.stop());
  } catch (fault) {
    const lines =
      fault instanceof ConfigFault
        ? fault.problems
        : [fault instanceof Error ? fault.message : String(fault)];
    for (const line of lines) process.stderr.write(`firebreak: ${line}\n`);
    process.exit(1);
  }
}

if (import.meta.main) await run();
