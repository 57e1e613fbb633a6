import { kindOf } from '../../actions/action-kinds.ts';
import { describeTarget, type Target } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import { type PlanPart, planParts, type RemediationIn } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import type { Sample } from '../../domain/verdict.ts';
import { judge } from '../../stages/verify/judge.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import { ClusterFault } from '../ports.ts';
import { conditionsDuring, conditionsText, unknownText } from './conditions.ts';

type Verifying = RemediationIn<'verifying'>;

/** One sample of everything that was changed. `failing` are the objects that made it what it is. */
export interface MembersSample {
  readonly sample: Sample;
  readonly failing: readonly Target[];
}

/** What counts most first: one object that fails fails the whole, and one that cannot be seen proves nothing. */
const grades = ['bad', 'error', 'pending', 'good'] as const satisfies readonly Sample['grade'][];

/** Takes one sample of every object. A cluster that cannot be asked is a sample too: too many of them end as inconclusive. */
export async function sampleMembers(
  context: WorkflowContext,
  row: Verifying,
  signal: AbortSignal,
): Promise<MembersSample> {
  const parts = planParts(row, row.results);
  if (parts.length === 0) throw new Error(`remediation ${row.id} is verified without an object`);
  const samples = await Promise.all(
    parts.map(async (part) => ({
      target: targetOf(part),
      sample: await sampleMember(context, row, part, signal),
    })),
  );
  const worst = grades.find((grade) => samples.some(({ sample }) => sample.grade === grade)) ?? 'error';
  const chosen = samples.filter(({ sample }) => sample.grade === worst);
  const at = samples[0]?.sample.at ?? context.clock();
  const sentences = [...new Set(chosen.map(({ sample }) => sample.sentence))];
  return {
    sample: { at, grade: worst, sentence: sentences.join(' ') },
    failing: chosen.map(({ target }) => target),
  };
}

const targetOf = ({ action, facts }: Case): Target => kindOf(action.verb).observed({ action, facts });

async function sampleMember(
  context: WorkflowContext,
  row: Verifying,
  part: PlanPart,
  signal: AbortSignal,
): Promise<Sample> {
  const { action, facts, results } = part;
  const plan = { ...row.plan, calls: [...part.calls] };
  try {
    const observation = await context.cluster.observe(targetOf(part), signal, plan);
    const seen = judge({ action, facts, results, observation });
    return { ...seen, sentence: redact(seen.sentence) };
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    return { at: context.clock(), grade: 'error', sentence: faultSentence(fault) };
  }
}

/** How the constraints stand now; why that cannot be seen, where the cluster cannot be asked. */
export async function watchConditions(
  context: WorkflowContext,
  row: Verifying,
  signal: AbortSignal,
): Promise<Watched> {
  try {
    const { broken, unknown } = await conditionsDuring(context, row, row.results, signal);
    return {
      ...(broken.length === 0 ? {} : { broken: redact(conditionsText(broken)) }),
      ...(unknown.length === 0 ? {} : { unseen: redact(unknownText(unknown)) }),
    };
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    return { unseen: faultSentence(fault) };
  }
}

interface Watched {
  readonly broken?: string;
  readonly unseen?: string;
}

/** A sample while a constraint does not hold, or while that cannot be seen, is never good. */
export function underConditions(sample: Sample, { broken, unseen }: Watched): Sample {
  if (broken !== undefined) {
    const grade = sample.grade === 'good' ? 'pending' : sample.grade;
    return { ...sample, grade, sentence: grade === 'bad' ? sample.sentence : broken, broken };
  }
  return unseen !== undefined && sample.grade === 'good'
    ? { ...sample, grade: 'error', sentence: unseen }
    : sample;
}

/** Objects whose own words are fetched when it did not work; a Slack message has room for so many. */
const mostDiagnosed = 2;

/** The failing pods' own words. Not getting them must not cost the verdict. */
export async function diagnose(
  context: WorkflowContext,
  failing: readonly Target[],
  signal: AbortSignal,
): Promise<string> {
  const stories = failing.slice(0, mostDiagnosed).map((target) => storyOf(context, target, signal));
  return (await Promise.all(stories)).join('\n');
}

async function storyOf(context: WorkflowContext, target: Target, signal: AbortSignal): Promise<string> {
  try {
    return redact((await context.cluster.diagnose(target, signal)).text);
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    return `No logs or events could be read of ${describeTarget(target)}: ${faultSentence(fault)}`;
  }
}
