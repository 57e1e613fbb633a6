import { alternate, compare, type Effort } from '../rounds.ts';
import type { Row } from '../table.ts';
import { scanFloor } from './floor.ts';
import { bareEvaluator, evaluator, fromText } from './ours.ts';
import { pythonVersion, startPython } from './python.ts';

/** P1 and P2: evaluations per second, beside the earlier system's evaluator and beside a bare scan of the text. */
export async function measureEvaluator(effort: Effort): Promise<readonly Row[]> {
  const beside = await alternate({ ours: evaluator, reference: scanFloor() }, effort);
  const row: Row = {
    measure: 'P2 evaluate',
    unit: '1/s',
    reference: 'scan',
    compared: compare(beside, 'perSecond'),
    good: 'large',
  };
  const version = pythonVersion();
  return version === undefined ? [row] : [...(await besidePython(version, effort)), row];
}

async function besidePython(version: string, effort: Effort): Promise<readonly Row[]> {
  const python = await startPython();
  const base = { unit: '1/s', reference: `Python ${version}`, good: 'large' } as const;
  try {
    const judged = await alternate({ ours: evaluator, reference: python }, effort);
    const alone = await alternate({ ours: bareEvaluator, reference: python }, effort);
    const typed = await alternate({ ours: fromText, reference: python }, effort);
    return [
      { ...base, measure: 'P1 evaluate', compared: compare(judged, 'perSecond'), gate: 7, goal: 10 },
      { ...base, measure: 'P1 evaluate, target alone', compared: compare(alone, 'perSecond') },
      { ...base, measure: 'P1 parse and evaluate', compared: compare(typed, 'perSecond') },
    ];
  } finally {
    await python.stop();
  }
}
