import { kindOf } from '../../actions/action-kinds.ts';
import { describeTarget, type Target } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import { type PlanPart, planParts, type RemediationIn } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import type { Sample } from '../../domain/verdict.ts';
import { judge } from '../../stages/verify/judge.ts';
import { faultSentence, type Setting } from '../context.ts';
import { ClusterFault } from '../ports.ts';

type Verifying = RemediationIn<'verifying'>;

/** One look at everything that was changed. `failing` are the objects that made it what it is. */
export interface Look {
  readonly sample: Sample;
  readonly failing: readonly Target[];
}

/** What counts most first: one object that fails fails the whole, and one that cannot be seen proves nothing. */
const grades = ['bad', 'error', 'pending', 'good'] as const satisfies readonly Sample['grade'][];

/** Looks once at every object. A cluster that cannot be asked is a sample too: too many of them end as inconclusive. */
export async function lookOnce(setting: Setting, row: Verifying, signal: AbortSignal): Promise<Look> {
  const parts = planParts(row, row.results);
  if (parts.length === 0) throw new Error(`remediation ${row.id} is verified without an object`);
  const looks = await Promise.all(
    parts.map(async (part) => ({
      target: targetOf(part),
      sample: await lookAtOne(setting, row, part, signal),
    })),
  );
  const worst = grades.find((grade) => looks.some(({ sample }) => sample.grade === grade)) ?? 'error';
  const chosen = looks.filter(({ sample }) => sample.grade === worst);
  const at = looks[0]?.sample.at ?? setting.clock();
  const sentences = [...new Set(chosen.map(({ sample }) => sample.sentence))];
  return {
    sample: { at, grade: worst, sentence: sentences.join(' ') },
    failing: chosen.map(({ target }) => target),
  };
}

const targetOf = ({ action, facts }: Case): Target => kindOf(action.verb).observed({ action, facts });

async function lookAtOne(
  setting: Setting,
  row: Verifying,
  part: PlanPart,
  signal: AbortSignal,
): Promise<Sample> {
  const { action, facts, results } = part;
  const plan = { ...row.plan, calls: [...part.calls] };
  try {
    const observation = await setting.cluster.observe(targetOf(part), signal, plan);
    const seen = judge({ action, facts, results, observation });
    return { ...seen, sentence: redact(seen.sentence) };
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    return { at: setting.clock(), grade: 'error', sentence: faultSentence(fault) };
  }
}

/** Objects whose own words are fetched when it did not work; a Slack message has room for so many. */
const mostDiagnosed = 2;

/** The failing pods' own words. Not getting them must not cost the verdict. */
export async function diagnose(
  setting: Setting,
  failing: readonly Target[],
  signal: AbortSignal,
): Promise<string> {
  const stories = failing.slice(0, mostDiagnosed).map((target) => storyOf(setting, target, signal));
  return (await Promise.all(stories)).join('\n');
}

async function storyOf(setting: Setting, target: Target, signal: AbortSignal): Promise<string> {
  try {
    return redact((await setting.cluster.diagnose(target, signal)).text);
  } catch (fault) {
    if (!(fault instanceof ClusterFault)) throw fault;
    return `No logs or events could be read of ${describeTarget(target)}: ${faultSentence(fault)}`;
  }
}
