import { type Details, detailsOf, type Given } from '../../grammar/details.ts';
import { type Flag, given, valueFlag } from '../../grammar/flag.ts';
import type { Objection } from '../../grammar/refusal.ts';
import { isObjection } from '../../grammar/refusal.ts';
import {
  badValue,
  type FlagReader,
  gathered,
  mostReplicas,
  readNumber,
  wholeNumber,
} from '../../grammar/values.ts';

export const MIN = valueFlag('min');
export const MAX = valueFlag('max');
export const CPU = valueFlag('cpu');
export const CPU_PERCENT = valueFlag('cpu-percent');
export const NAME = valueFlag('name');

/** The limits of an autoscaler and its goal, each if it was given. */
export function readAutoscaler({ object, flags }: Given): Details | Objection {
  const name = given(flags, NAME);
  if (name && !('name' in object && object.name === name.value?.text)) {
    const reason = 'An autoscaler is always named as what it scales here; leave --name out.';
    return { code: 'not-offered', reason, span: name.span, instead: '' };
  }
  const [cpu, percent] = [given(flags, CPU), given(flags, CPU_PERCENT)];
  if (cpu && percent)
    return {
      code: 'flag-repeated',
      reason: '--cpu and --cpu-percent say the same; give one.',
      span: percent.span,
    };
  const fields = gathered(flags, {
    min: [MIN, readBound],
    max: [MAX, readBound],
    cpu: cpu ? [CPU, readPercent('%')] : [CPU_PERCENT, readPercent('')],
  });
  if (isObjection(fields)) return fields;
  return crossed(fields, given(flags, MIN)) ?? detailsOf(fields);
}

const readBound = readNumber(1, mostReplicas, `a whole number from 1 to ${mostReplicas}`);

/** `--cpu-percent=80`, or with its sign `--cpu=80%`. A bare number is milli-processors to kubectl (autoscale.go). */
function readPercent(sign: '' | '%'): FlagReader<number> {
  return (flag) => {
    const text = flag.value?.text ?? '';
    const value = text.endsWith(sign) ? wholeNumber(text.slice(0, text.length - sign.length)) : undefined;
    if (value !== undefined && value >= 1 && value <= 1000) return { value };
    return badValue(flag, `percent of the requested processor time, such as ${flag.name}=80${sign}`);
  };
}

function crossed(
  { min: least, max: most }: Readonly<Record<string, unknown>>,
  min: Flag | undefined,
): Objection | undefined {
  if (!min || typeof least !== 'number' || typeof most !== 'number' || least <= most) return undefined;
  return { code: 'flag-value', reason: `--min is ${least}, above --max, which is ${most}.`, span: min.span };
}
