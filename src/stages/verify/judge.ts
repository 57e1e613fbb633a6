import { kindOf } from '../../actions/action-kinds.ts';
import type { Measurement } from '../../actions/measurement.ts';
import type { Sample } from '../../domain/verdict.ts';

/** Judges one look at the target after the change. What cannot be judged is an error, never good. */
export function judge(measurement: Measurement): Sample {
  return { at: measurement.observation.at, ...kindOf(measurement.action.verb).grade(measurement) };
}
