import { createHash, randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { printAction } from '../../actions/print.ts';
import type { Asked } from '../../adapters/http/alert-source.ts';
import { alertSources } from '../../adapters/http/alert-sources.ts';
import { createClock } from '../../clock.ts';
import { ConfigFault } from '../../config-fault.ts';
import type { Target } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import { type Alert, alertName, type Incident } from '../../domain/incidents/incident.ts';
import { type Playbook, stepNamed } from '../../domain/incidents/playbook.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { matchingPlaybooks, mismatch } from '../../stages/intake/match.ts';
import { claimOn } from '../../workflow/intake/claimed.ts';
import { type EvaluatorDeps, judgeCommand } from '../../workflow/intake/evaluate-command.ts';
import { type Triaging, triage } from '../../workflow/intake/triage.ts';
import type { Dependent } from '../../workflow/ports.ts';
import type { Triage } from '../../workflow/proposal.ts';
import { clusterAt, readFacts } from '../asked-cluster.ts';
import { silent } from '../database.ts';
import { recordsIn } from '../evaluate.ts';
import { printable } from '../explain.ts';
import { jsonIn } from '../json-file.ts';
import { choosePolicy, placeOptions } from '../judging.ts';
import { choosePlaybooks } from './chosen.ts';

export const playbookTryUsage = `  playbook try PAYLOAD.json [--playbooks FOLDER] [--policy FILE] [--source alertmanager [--format NAME]] [--json]
           [--facts FILE | --kubeconfig FILE --context NAME | --sandbox [--folder DIR]]
      Says what would happen with the alerts of a webhook's body: which playbook matches and why the others do not, the
      object, whether the claim is so, the command, its score and tier, and what comes after. Changes nothing.
`;

const options = {
  ...placeOptions,
  playbooks: { type: 'string' },
  policy: { type: 'string' },
  source: { type: 'string', default: 'alertmanager' },
  format: { type: 'string' },
  facts: { type: 'string' },
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** Milliseconds for looking at the cluster, for each alert. */
const patience = 15_000;

/** What would become of one alert. */
interface Trial {
  readonly alert: string;
  readonly status: Alert['status'];
  readonly playbook?: string;
  readonly others: readonly { readonly playbook: string; readonly because: string }[];
  /** `nothing`: with the reason. */
  readonly would: 'propose' | 'nothing';
  readonly reason?: string;
  readonly claim?: string;
  readonly command?: string;
  readonly tier?: string;
  readonly score?: number;
  /** What follows where it does not work. */
  readonly next?: readonly string[];
}

interface Trying {
  readonly triaging: Triaging;
  readonly judging: EvaluatorDeps;
  readonly facts: Facts | undefined;
}

/** `firebreak playbook try`; resolves to the exit code: 0 also where nothing would be done. */
export async function playbookTry(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    process.stderr.write(`firebreak playbook try: name one file with a webhook's body.\n${playbookTryUsage}`);
    return 2;
  }
  const playbooks = choosePlaybooks(values);
  const { policy } = choosePolicy(values);
  const facts = values.facts === undefined ? undefined : readFacts(values.facts);
  const cluster = facts === undefined ? clusterAt(values) : clusterOf(facts);
  const trying = { ...depsOf(cluster, playbooks, policy, await recordsIn(values)), facts };
  const trials: Trial[] = [];
  for (const alert of alertsIn(file, values.source, { format: values.format, formats: policy.jsonAlerts }))
    trials.push(await tried(trying, alert));
  process.stdout.write(
    values.json === true ? `${JSON.stringify(trials, null, 2)}\n` : trials.map(told).join('\n'),
  );
  return 0;
}

type Looking = ReturnType<typeof clusterAt>;

function depsOf(
  cluster: Looking,
  playbooks: readonly Playbook[],
  policy: Policy,
  records: Pick<EvaluatorDeps, 'usage' | 'history' | 'past'>,
): Pick<Trying, 'triaging' | 'judging'> {
  const same = { policy: () => policy, newId: randomUUID };
  return {
    triaging: {
      ...same,
      cluster: { ...cluster, name: 'the cluster' },
      playbooks: () => playbooks,
      sha256: (text) => createHash('sha256').update(text).digest('hex'),
      log: silent,
      store: { engaged: async () => undefined },
    },
    judging: { ...same, ...records, cluster, clock: createClock() },
  };
}

/** @throws ConfigFault when it cannot be read, or has no alerts of the source's form */
function alertsIn(file: string, name: string, asked: Asked): readonly Alert[] {
  const source = alertSources.find((each) => each.name === name);
  if (source === undefined)
    throw new ConfigFault([
      `--source: there is ${alertSources.map((each) => each.name).join(', ')}, no "${name}".`,
    ]);
  const read = source.read(jsonIn(file), asked);
  if (read.kind === 'alerts' && read.ignored !== undefined)
    throw new ConfigFault([`${file}: ${read.ignored}`]);
  if (read.kind === 'refused') throw new ConfigFault([`${file}: ${read.reason}`]);
  for (const sentence of read.leftOut) process.stderr.write(`${file}: left out: ${printable(sentence)}\n`);
  return read.alerts;
}

/** A cluster of which these facts are everything: whatever is asked about is as they say. */
function clusterOf(facts: Facts): Looking {
  const snapshot = { uid: facts.identity.uid, takenAt: facts.gatheredAt, object: null };
  return {
    gather: async (actions) => actions.map(() => ({ kind: 'facts', facts, snapshot })),
    select: async () => ({ kind: 'names', names: [] }),
    ownerOf: async (owned) => ownerBy(owned, facts),
  };
}

/** The workload that a pod is of, as its name and the facts say: controllers put a hash, an ordinal or five characters behind. */
function ownerBy({ kind, namespace, name }: Dependent, { subject }: Facts): Target | undefined {
  if (kind === 'Job')
    return subject.kind === 'job' && subject.cronJob !== undefined
      ? { kind: 'CronJob', namespace, name: subject.cronJob }
      : undefined;
  if (kind === 'HorizontalPodAutoscaler') return undefined;
  if (subject.kind !== 'workload') return undefined;
  const [, ofHash] = /^(.+)-[0-9a-f]{6,10}(?:-[a-z0-9]{5})?$/.exec(name) ?? [];
  const [, ofOrdinal] = /^(.+)-\d+$/.exec(name) ?? [];
  const [, ofFive] = /^(.+)-[a-z0-9]{5}$/.exec(name) ?? [];
  if (ofHash !== undefined) return { kind: 'Deployment', namespace, name: ofHash };
  if (ofOrdinal !== undefined) return { kind: 'StatefulSet', namespace, name: ofOrdinal };
  return ofFive === undefined ? undefined : { kind: 'DaemonSet', namespace, name: ofFive };
}

async function tried(trying: Trying, alert: Alert): Promise<Trial> {
  const { triaging } = trying;
  const playbooks = triaging.playbooks();
  const matching = matchingPlaybooks(alert, playbooks);
  const found = alert.status === 'resolved' ? over : await triaged(triaging, alert);
  const [first] = matching;
  const playbook = found.kind === 'proposal' ? matching.find(({ name }) => name === found.playbook) : first;
  const before = playbook === undefined ? [] : matching.slice(0, matching.indexOf(playbook));
  const others: Trial['others'][number][] = [];
  for (const each of playbooks.filter(({ name }) => name !== playbook?.name)) {
    const doubt = before.includes(each) ? await doubtOf(triaging, alert, each) : undefined;
    const because = mismatch(alert, each) ?? doubt ?? 'Another is more specific.';
    others.push({ playbook: each.name, because });
  }
  return {
    ...{ alert: alertName(alert), status: alert.status, others },
    ...(playbook === undefined ? {} : { playbook: playbook.name }),
    ...(await outcomeOf(trying, playbook, found)),
  };
}

const over: Triage = { kind: 'no_action', reason: 'The alert is over.' };

function triaged(triaging: Triaging, alert: Alert): Promise<Triage> {
  const incident: Incident = {
    id: randomUUID(),
    state: 'received',
    version: 0,
    dedupKey: 'try',
    title: alertName(alert),
    alert,
    createdAt: alert.startsAt,
  };
  return triage(triaging, incident, Number.MAX_SAFE_INTEGER, AbortSignal.timeout(patience));
}

/** Why a playbook that matches proposes nothing, where it comes before the one that does. */
async function doubtOf(triaging: Triaging, alert: Alert, playbook: Playbook): Promise<string | undefined> {
  const found = await triaged({ ...triaging, playbooks: () => [playbook] }, alert);
  return found.kind === 'no_action' ? found.reason.replace(`Playbook ${playbook.name}: `, '') : undefined;
}

async function outcomeOf(
  { triaging, judging, facts }: Trying,
  playbook: Playbook | undefined,
  found: Triage,
): Promise<Omit<Trial, 'alert' | 'status' | 'others'>> {
  if (found.kind !== 'proposal')
    return { would: 'nothing', reason: found.kind === 'no_action' ? found.reason : 'It joins another.' };
  const { action, requestedBy } = found.proposal;
  const command = printAction(action);
  const signal = AbortSignal.timeout(patience);
  const claim = requestedBy.kind === 'playbook' ? (requestedBy.claim ?? 'none') : 'none';
  const { sentence } = await claimOn(triaging, { claim, action }, signal);
  const judged = await judgeCommand(judging, { command, ...(facts === undefined ? {} : { facts }) }, signal);
  const verdict =
    judged.kind === 'judged'
      ? { tier: judged.judgement.spec.tier, score: judged.judgement.spec.score }
      : { reason: judged.kind === 'refused' ? judged.refusal.reason : judged.reason };
  return { would: 'propose', claim: sentence, command, ...verdict, next: nextOf(playbook) };
}

/** What comes where the first step does not work, a line each. */
function nextOf(playbook: Playbook | undefined): string[] {
  const first = playbook === undefined ? undefined : stepNamed(playbook, undefined);
  return (first?.on ?? []).map(
    (entry) =>
      `${entry.when === undefined ? 'else' : `if ${entry.when}`}: ${entry.do ?? `people: ${entry.escalate ?? ''}`}`,
  );
}

function told(trial: Trial): string {
  const { alert, status, playbook, others, would, reason, claim, command, tier, score, next = [] } = trial;
  const lines = [
    `${alert} (${status})`,
    ...(playbook === undefined ? [] : [`  Playbook: ${playbook}`]),
    ...others.map((each) => `  Not ${each.playbook}: ${each.because}`),
    ...(claim === undefined ? [] : [`  ${claim}`]),
    ...(would === 'nothing'
      ? [`  Nothing would be done: ${reason ?? ''}`]
      : [`  Would propose: ${command ?? ''}`]),
    ...(tier === undefined ? [] : [`  Tier: ${tier}, score ${score ?? ''}`]),
    ...(would === 'propose' && reason !== undefined ? [`  It could not be judged: ${reason}`] : []),
    ...next.map((line) => `  Where it does not work, ${line}`),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}
