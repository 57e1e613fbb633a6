import { describeTarget } from '../domain/action.ts';
import { canonicalJson } from '../domain/json.ts';
import type { CallResult, DryRunResult } from '../domain/plan.ts';
import { redact } from '../domain/redact.ts';
import type { Remediation, RemediationIn } from '../domain/remediation.ts';
import type { Sample } from '../domain/verdict.ts';
import { bindingOf } from '../stages/evaluate/binding.ts';
import { evaluate } from '../stages/evaluate/evaluate.ts';
import { planExecution } from '../stages/execute/plan.ts';
import { conclude } from '../stages/verify/conclude.ts';
import { judge } from '../stages/verify/judge.ts';
import type { Moment } from './advance.ts';
import * as advance from './advance.ts';
import { circumstancesOf } from './circumstances.ts';
import { ApproverUnknown, passGate } from './gate.ts';
import { ClusterFault, type Proposal, type Step } from './ports.ts';
import { faultSentence, type Setting, verificationPlan } from './setting.ts';

/**
 * Attempts at one step after which a cluster that cannot be asked ends the remediation instead of being
 * asked again. A write gets more: it may have been applied, and reading it back is worth the wait.
 */
const patience = { requested: 4, evaluated: 4, approved: 6, executing: 12 } as const;

/**
 * Attempts after which a fault of our own is told to people too: whatever it is, a tenth time will not cure it, and
 * a card that never moves is the worst answer.
 */
const lastStraw = 10;

function patienceWith(fault: unknown, state: keyof typeof patience): number {
  // An approval that cannot be checked waits until it is too old; the gate ends it then.
  if (fault instanceof ApproverUnknown) return Number.POSITIVE_INFINITY;
  return fault instanceof ClusterFault ? patience[state] : Math.max(lastStraw, patience[state]);
}

const momentOf = (setting: Setting): Moment => ({ now: setting.clock(), policy: setting.policy() });

/**
 * Does the outside work that a remediation's state calls for and says how the row moves on. No transaction is
 * open meanwhile, and everything here may be done twice. Undefined: the state waits for people, or is final.
 *
 * @param attempt how many times this step has been tried, from 0
 * @throws ClusterFault when the cluster cannot be asked and trying again makes sense
 */
export async function perform(
  setting: Setting,
  row: Remediation,
  attempt: number,
  signal: AbortSignal,
): Promise<Step | undefined> {
  switch (row.state) {
    case 'requested':
      return orGiveUp(setting, row, attempt, 'evaluation', () => evaluateRow(setting, row, signal));
    case 'evaluated':
      return orGiveUp(setting, row, attempt, 'dry run', () => rehearse(setting, row, signal));
    case 'approved':
      return orGiveUp(setting, row, attempt, 'execution', () => passGate(setting, row, signal));
    case 'executing':
      return orGiveUp(setting, row, attempt, 'execution', () => execute(setting, row, signal));
    case 'verifying':
      return verify(setting, row, signal);
    case 'learning':
      return advance.learned(row, rollbackOffer(setting, row), momentOf(setting));
    default:
      return undefined;
  }
}

/** What is said of a step that is given up because processes died of it. */
export const deadlySentence = (deaths: number): string =>
  `Firebreak gave up: ${deaths} of its processes died at this step. Their logs say why.`;

/** Ends a remediation without doing its step, because processes died of it. */
export function abandon(setting: Setting, row: Remediation, deaths: number): Step | undefined {
  const moment = momentOf(setting);
  const reason = deadlySentence(deaths);
  switch (row.state) {
    case 'requested':
      return advance.failed(row, { stage: 'evaluation', reason }, moment);
    case 'evaluated':
      return advance.failed(row, { stage: 'dry run', reason }, moment);
    case 'approved':
      return advance.failed(row, { stage: 'execution', reason }, moment);
    case 'executing':
      return advance.failed(row, { stage: 'execution', reason: `${reason}${doubt}` }, moment);
    case 'verifying': {
      const { samples } = row;
      const verdict = { result: 'inconclusive', sentence: reason, decidedAt: moment.now, samples } as const;
      return advance.concluded(row, { verdict }, moment);
    }
    case 'learning':
      return advance.learned(row, undefined, moment);
    default:
      return undefined;
  }
}

/** A write whose answer was lost may have been done; saying only that it failed would be a guess. */
const doubt = ' Whether the change was made is not known.';

type Trying = RemediationIn<'requested' | 'evaluated' | 'approved' | 'executing'>;

async function orGiveUp(
  setting: Setting,
  row: Trying,
  attempt: number,
  stage: 'evaluation' | 'dry run' | 'execution',
  work: () => Promise<Step>,
): Promise<Step> {
  try {
    return await work();
  } catch (fault) {
    if (attempt + 1 < patienceWith(fault, row.state)) throw fault;
    const reason = `${faultSentence(fault)}${row.state === 'executing' ? doubt : ''}`;
    return advance.failed(row, { stage, reason }, momentOf(setting));
  }
}

async function evaluateRow(
  setting: Setting,
  row: RemediationIn<'requested'>,
  signal: AbortSignal,
): Promise<Step> {
  const gathered = await setting.cluster.gather(row.action, signal);
  const moment = momentOf(setting);
  if (gathered.kind !== 'facts') return advance.unavailable(row, redact(gathered.reason), moment);
  const { facts } = gathered;
  const { now, policy } = moment;
  const circumstances = await circumstancesOf(setting, row, now);
  const spec = evaluate({ id: setting.newId(), now, action: row.action, facts, policy, circumstances });
  const digest = setting.sha256(canonicalJson(bindingOf(spec, facts)));
  return advance.judged(row, { spec, facts, circumstances, digest }, moment);
}

async function rehearse(
  setting: Setting,
  row: RemediationIn<'evaluated'>,
  signal: AbortSignal,
): Promise<Step> {
  if (!row.spec.dryRunRequired) {
    const sentence = 'No dry run: the policy asks for none at this score.';
    return advance.rehearsed(row, { kind: 'skipped', sentence }, momentOf(setting));
  }
  const gathered = await setting.cluster.gather(row.action, signal);
  if (gathered.kind !== 'facts') {
    return advance.failed(row, { stage: 'dry run', reason: redact(gathered.reason) }, momentOf(setting));
  }
  const planned = planExecution({
    action: row.action,
    facts: gathered.facts,
    snapshot: gathered.snapshot.object,
    remediationId: row.id,
    stamp: row.createdAt,
  });
  if (planned.kind === 'refused') {
    return advance.failed(row, { stage: 'dry run', reason: planned.reason }, momentOf(setting));
  }
  const dryRun = redactedRun(await setting.cluster.dryRun(planned.plan, signal));
  return advance.rehearsed(row, dryRun, momentOf(setting));
}

/** Admission webhooks write what they like into refusals and warnings. */
function redactedRun(dryRun: DryRunResult): DryRunResult {
  const sentence = redact(dryRun.sentence);
  return dryRun.kind === 'accepted'
    ? { ...dryRun, sentence, warnings: dryRun.warnings.map(redact) }
    : { ...dryRun, sentence };
}

async function execute(
  setting: Setting,
  row: RemediationIn<'executing'>,
  signal: AbortSignal,
): Promise<Step> {
  const results: CallResult[] = [];
  for (const call of row.plan.calls) {
    signal.throwIfAborted();
    await setting.probe('before-write');
    const answer = await setting.cluster.apply(call, row.plan.fieldManager, signal);
    await setting.probe('after-write');
    if (answer.kind === 'refused') {
      return advance.failed(
        row,
        { stage: 'execution', reason: redact(answer.reason), results },
        momentOf(setting),
      );
    }
    results.push({ ...answer.result, warnings: answer.result.warnings.map(redact) });
  }
  return advance.executed(
    row,
    results,
    verificationPlan(setting, row).initialDelaySeconds,
    momentOf(setting),
  );
}

/** Looks once. A cluster that cannot be asked is a sample too: too many of them end as inconclusive. */
async function verify(setting: Setting, row: RemediationIn<'verifying'>, signal: AbortSignal): Promise<Step> {
  const samples = [...row.samples, await look(setting, row, signal)];
  const moment = momentOf(setting);
  const plan = verificationPlan(setting, row);
  const next = conclude({ plan, samples, appliedAt: row.appliedAt, now: moment.now });
  if (next.kind === 'continue') return advance.looked(row, samples, next.afterSeconds, moment);
  const { verdict } = next;
  if (verdict.result === 'verified') return advance.concluded(row, { verdict }, moment);
  return advance.concluded(
    row,
    { verdict, diagnosis: await diagnose(setting, row, signal) },
    momentOf(setting),
  );
}

async function look(setting: Setting, row: RemediationIn<'verifying'>, signal: AbortSignal): Promise<Sample> {
  try {
    const observation = await setting.cluster.observe(row.action.target, signal);
    const seen = judge({ action: row.action, facts: row.facts, results: row.results, observation });
    return { ...seen, sentence: redact(seen.sentence) };
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    return { at: setting.clock(), grade: 'error', sentence: faultSentence(fault) };
  }
}

/** The failing pods' own words. Not getting them must not cost the verdict. */
async function diagnose(
  setting: Setting,
  row: RemediationIn<'verifying'>,
  signal: AbortSignal,
): Promise<string> {
  try {
    return redact((await setting.cluster.diagnose(row.action.target, signal)).text);
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    return `No logs or events could be read of ${describeTarget(row.action.target)}: ${faultSentence(fault)}`;
  }
}

/** A rollback that did not work is not rolled back again: from there on people decide. */
function rollbackOffer(setting: Setting, row: RemediationIn<'learning'>): Proposal | undefined {
  const { rollbackPlan } = row.spec;
  if (rollbackPlan.kind === 'none' || row.requestedBy.kind === 'rollback') return undefined;
  if (row.verdict.result !== 'not_verified') return undefined;
  return {
    id: setting.newId(),
    action: rollbackPlan.action,
    requestedBy: { kind: 'rollback', of: row.id, ofNumber: row.number },
    reason: `Remediation ${row.number} did not work: ${row.verdict.sentence}`,
  };
}
