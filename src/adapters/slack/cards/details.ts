import type { KnownBlock, ModalView } from '@slack/types';
import { allowanceOf } from '../../../actions/nodes/displaced.ts';
import { plural } from '../../../actions/obstacle.ts';
import { phrase } from '../../../actions/phrase.ts';
import { commandText } from '../../../actions/secret-texts.ts';
import type { Approval } from '../../../domain/approval.ts';
import type { Dependents } from '../../../domain/facts/dependents.ts';
import type { Facts, NodeSubject } from '../../../domain/facts/facts.ts';
import { managerNames } from '../../../domain/facts/git-ops.ts';
import { stuckText } from '../../../domain/facts/stuck-budget.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import { clockTime, dayTime } from '../../../domain/text/clock-time.ts';
import { stateWords } from '../../../domain/text/states.ts';
import { targetsText } from '../../../domain/text/targets.ts';
import type { Details } from '../../../workflow/intake/commands.ts';
import { context, fields, limits, paragraph, plain, section, verbatim } from '../blocks.ts';
import { clamp, code, lines, md, person, type SafeMrkdwn } from '../text.ts';
import { healthText, readinessText, spreadText } from './health.ts';
import { earlierBlock, requestedBy } from './requester.ts';
import { scalingText } from './scaling.ts';
import { constraintsText, dryRunText, resultsText, rollbackText, scoreText } from './sections.ts';

/** Everything about one remediation, for whoever opens it: facts, judgement, votes, calls, samples, ids. */
export function detailsModal({ remediation, approvals, counterfactual, shown, stopped }: Details): ModalView {
  return {
    type: 'modal',
    title: plain(`Remediation ${remediation.number}`, limits.modalTitle),
    close: plain('Close', limits.modalTitle),
    blocks: [
      ...overview(remediation, approvals, stopped !== undefined),
      ...wholePieces(shown),
      ...seen(remediation),
      ...judgement(remediation, counterfactual),
      ...votes(remediation, approvals),
      ...course(remediation),
      context(ids(remediation)),
    ],
  };
}

function overview(
  remediation: Remediation,
  approvals: readonly Approval[],
  isStopped: boolean,
): readonly KnownBlock[] {
  const { word, sentence } = stateWords(remediation, approvals, isStopped);
  return [
    section(md`*${word}:* ${phrase(remediation.action)}. ${clamp(sentence, 1500)}`),
    verbatim(commandText(remediation.action)),
    fields([
      md`*Target*\n${clamp(targetsText(remediation), 1500)}`,
      md`*Cluster*\n${remediation.cluster}`,
      md`*Requested by*\n${requestedBy(remediation.requestedBy)}`,
      md`*Requested*\n${clockTime(remediation.createdAt, remediation.updatedAt)}`,
    ]),
    ...earlierBlock(remediation),
  ];
}

/** Pieces that the details tell otherwise too, as long as they are short. */
const toldBelow: readonly string[] = ['expected', 'targets', 'dryRun', 'reasons', 'conditions', 'rollback'];

/** Characters of whole pieces in a dialog, which takes 250 kB in all; what is more is in the thread. */
const mostInDialog = 60_000;

/** Everything that is decided on and not told otherwise, each piece as it is. */
function wholePieces(shown: Details['shown']): readonly KnownBlock[] {
  const wanted = (shown?.pieces ?? []).filter(
    ({ name }) => name !== 'command' && !(toldBelow.includes(name) && shown?.onCard.includes(name)),
  );
  let left = mostInDialog;
  const blocks = wanted.flatMap(({ heading, text }): KnownBlock[] => {
    left -= text.length;
    return left < 0 ? [] : [section(md`*${heading}*`), verbatim(text)];
  });
  return left < 0 ? [...blocks, section(md`The rest is in the thread of the card.`)] : blocks;
}

/** What was read; of several objects each, as many as a modal has room for. */
function seen(remediation: Remediation): readonly KnownBlock[] {
  const facts = 'facts' in remediation ? remediation.facts : undefined;
  const members = 'members' in remediation ? remediation.members : undefined;
  if (members === undefined) return facts === undefined ? [] : [section(factsText('', facts))];
  return members.map(({ action, facts: own }) => section(factsText(` of ${action.target.name}`, own)));
}

function factsText(of: string, facts: Facts): SafeMrkdwn {
  const unknown = facts.unknown.map(({ fact, reason }) => md`• Unknown: ${fact} (${reason})`);
  return lines(
    [
      md`*Facts from the cluster${of}*`,
      subjectText(facts.subject),
      ...readinessText(facts.subject),
      ...healthText(facts),
      ...others(facts),
      ...dependents(facts.neighbourhood),
      ...unknown,
    ],
    2900,
  );
}

function subjectText(subject: Facts['subject']): SafeMrkdwn {
  switch (subject.kind) {
    case 'workload':
      return md`• ${subject.ready} of ${subject.desired} ready, ${subject.updated} updated, ${subject.strategy.type}${subject.rollingOut ? ', a rollout is in progress' : ''}${subject.paused ? ', paused' : ''}`;
    case 'pod':
      return md`• ${subject.pod.ready ? 'Ready' : 'Not ready'}, ${plural(subject.pod.restarts, 'restart')}, ${subject.controller === undefined ? 'no controller would replace it' : `kept by ${subject.controller.kind}/${subject.controller.name}`}`;
    case 'node':
      return nodeText(subject);
    default:
      return batchText(subject);
  }
}

/** With the budgets over its pods, where an action that moves them has read them. */
function nodeText(subject: Extract<Facts['subject'], { kind: 'node' }>): SafeMrkdwn {
  const { ready, pods, otherSchedulableNodes, zone, taints = [], budgets = [] } = subject;
  const taintNames = taints.map(({ key, effect }) => `${key}:${effect}`).join(', ');
  return lines(
    [
      md`• ${ready ? 'Ready' : unreadyText(subject.unready)}, ${plural(pods, 'pod')}, ${plural(otherSchedulableNodes, 'other node')} ${otherSchedulableNodes === 1 ? 'takes' : 'take'} pods${zone === undefined ? '' : `, zone ${zone}`}`,
      ...(taintNames === '' ? [] : [md`• Taints: ${clamp(taintNames, 300)}`]),
      ...budgets.map(
        ({ namespace, ...budget }) =>
          md`• PodDisruptionBudget/${budget.name} in ${namespace}: ${budgetText({ ...budget, allowed: allowanceOf({ namespace, ...budget }) })}`,
      ),
    ],
    2000,
  );
}

function unreadyText(unready: NodeSubject['unready']): string {
  if (unready === undefined) return 'Not ready';
  const since = unready.since === undefined ? '' : ` since ${dayTime(unready.since)}`;
  return unready.reported ? `Not ready${since}` : `Not heard from${since}`;
}

function budgetText({
  healthy,
  desired,
  allowed,
  stuck,
}: Omit<Dependents['budgets'][number], 'name'>): string {
  const state = `${healthy} healthy, ${desired} wanted, ${allowed} may go now`;
  return stuck === undefined ? state : `${state}: ${clamp(stuckText(stuck), 300)}`;
}

type Batch = Exclude<Facts['subject'], { kind: 'workload' | 'pod' | 'node' }>;

function batchText(subject: Batch): SafeMrkdwn {
  switch (subject.kind) {
    case 'cronJob':
      return md`• ${subject.suspended ? 'Suspended' : 'Runs'} at "${subject.schedule}", ${subject.active.length} running now, concurrency ${subject.concurrencyPolicy}${runsText(subject)}`;
    case 'job':
      return md`• ${subject.suspended ? 'Suspended' : (subject.ended ?? 'Running')}, ${subject.active} active, ${subject.succeeded} succeeded, ${subject.failed} failed`;
    case 'autoscaler':
      return md`• Scales ${subject.scales.kind}/${subject.scales.name} from ${subject.min} to ${subject.max}, ${subject.current} now`;
  }
}

/** `; latest runs: report-2 (Failed), report-1 (Complete)`. */
function runsText({ recent = [] }: Extract<Batch, { kind: 'cronJob' }>): string {
  const runs = recent.map(({ name, ended }) => `${name} (${ended ?? 'running'})`);
  return runs.length === 0 ? '' : `; latest runs: ${runs.join(', ')}`;
}

function others(facts: Facts): readonly SafeMrkdwn[] {
  const { gitOps, owner } = facts;
  return [
    ...(gitOps === undefined ? [] : [gitOpsText(gitOps)]),
    ...(owner === undefined ? [] : [md`• Controlled by ${owner.kind}/${owner.name} (${owner.apiVersion})`]),
    ...scalingText(facts),
  ];
}

function gitOpsText({ manager, name, sign }: NonNullable<Facts['gitOps']>): SafeMrkdwn {
  return sign === undefined
    ? md`• Managed by ${managerNames[manager]} as ${name}: it may undo the change`
    : md`• ${managerNames[manager]} has written fields of it as ${name}: it may undo the change`;
}

/** What depends on the target and what holds it; nothing for rows from before it was read. */
function dependents(neighbourhood: Facts['neighbourhood']): readonly SafeMrkdwn[] {
  if (neighbourhood === undefined) return [];
  const { services, hosts, budgets, dependencies, leases, soleWorkloads, spread, lastChange } = neighbourhood;
  const names = [...new Set(hosts.map(({ host }) => host))].join(', ');
  return [
    ...services.map(
      ({ name, ready, own }) =>
        md`• Service/${name}: ${plural(ready, 'ready endpoint')}, ${own} of them here`,
    ),
    ...(names === '' ? [] : [md`• Reached from outside as ${clamp(names, 300)}`]),
    ...budgets.map((budget) => md`• PodDisruptionBudget/${budget.name}: ${budgetText(budget)}`),
    ...dependencies.map(({ source, failurePolicy }) => md`• Serves ${source} (${failurePolicy})`),
    ...leases.map(({ name, pod }) => md`• ${pod} holds Lease/${name}`),
    ...soleWorkloads.map(
      ({ kind, namespace, name }) => md`• Runs nowhere else: ${kind}/${name} in ${namespace}`,
    ),
    ...spreadText(spread),
    ...(lastChange === undefined
      ? []
      : [md`• ${lastChange.manager} changed ${lastChange.field} at ${dayTime(lastChange.at)}`]),
  ];
}

function judgement(remediation: Remediation, counterfactual: string | undefined): readonly KnownBlock[] {
  if (!('spec' in remediation) || remediation.spec === undefined) return [];
  const { spec } = remediation;
  return [
    section(scoreText(spec, 2900, true)),
    ...(counterfactual === undefined ? [] : [paragraph(clamp(counterfactual, 2900))]),
    section(md`*Expected result:* ${spec.targetState.sentence}`),
    ...(spec.constraints.length === 0 ? [] : [section(constraintsText(spec.constraints, 2900))]),
    section(rollbackText(spec.rollbackPlan)),
    ...(spec.rollbackPlan.kind === 'action' ? [verbatim(commandText(spec.rollbackPlan.action))] : []),
  ];
}

function votes(remediation: Remediation, approvals: readonly Approval[]): readonly KnownBlock[] {
  if (approvals.length === 0) return [];
  const digest = 'digest' in remediation ? remediation.digest : undefined;
  const told = approvals.map(
    (vote) =>
      md`• ${vote.decision === 'approve' ? 'Approved' : 'Rejected'} by ${person(vote.actor.userId)} at ${clockTime(vote.at, remediation.updatedAt)}${vote.digest === digest ? '' : ', on an earlier card'}`,
  );
  return [section(lines([md`*Votes*`, ...told], 2900))];
}

const gradeWords = { good: 'Good', bad: 'Bad', pending: 'Pending', error: 'No answer' } as const;

function course(remediation: Remediation): readonly KnownBlock[] {
  const dryRun = 'dryRun' in remediation ? remediation.dryRun : undefined;
  const results = resultsText(remediation, 2900);
  const verdict = 'verdict' in remediation ? remediation.verdict : undefined;
  const samples = remediation.state === 'verifying' ? remediation.samples : (verdict?.samples ?? []);
  const told = samples
    .slice(-20)
    .map(
      (sample) =>
        md`• ${clockTime(sample.at, remediation.updatedAt)} ${gradeWords[sample.grade]}: ${sample.sentence}`,
    );
  return [
    ...(dryRun === undefined ? [] : [section(dryRunText(dryRun, 2900))]),
    ...(results === undefined ? [] : [section(results)]),
    ...(verdict === undefined ? [] : [section(md`*Verdict:* ${verdict.sentence}`)]),
    ...(told.length === 0 ? [] : [section(lines([md`*Verification*`, ...told], 2900))]),
  ];
}

function ids(remediation: Remediation): readonly SafeMrkdwn[] {
  const digest = 'digest' in remediation ? remediation.digest : undefined;
  return [
    lines([
      md`Id ${code(remediation.id)}`,
      md`Incident ${code(remediation.incidentId)}`,
      ...(digest === undefined ? [] : [md`Digest that approvals bind to: ${code(digest.slice(0, 16))}`]),
      md`Version ${remediation.version}`,
    ]),
  ];
}
