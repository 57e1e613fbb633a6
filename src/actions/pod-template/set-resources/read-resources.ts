import { quantity, resourceNames } from '../../../domain/values.ts';
import { type Details, type Given, missingFlag } from '../../grammar/details.ts';
import { either, quoted } from '../../grammar/display.ts';
import { type Flag, given, valueFlag } from '../../grammar/flag.ts';
import type { Objection } from '../../grammar/refusal.ts';
import { isObjection } from '../../grammar/refusal.ts';
import { badValue, readContainers } from '../../grammar/values.ts';
import { partOf, type Word } from '../../grammar/word.ts';

export const LIMITS = valueFlag('limits');
export const REQUESTS = valueFlag('requests');

/** Limits, requests or both, for some containers or all. */
export function readResources({ flags, end }: Given): Details | Objection {
  const [limitsFlag, requestsFlag] = [given(flags, LIMITS), given(flags, REQUESTS)];
  const limits = readQuantities(limitsFlag);
  if (isObjection(limits)) return limits;
  const requests = readQuantities(requestsFlag);
  if (isObjection(requests)) return requests;
  const containers = readContainers(flags);
  if (isObjection(containers)) return containers;
  if (!limitsFlag && !requestsFlag) return missingFlag('"set resources" needs --limits or --requests.', end);
  return { fields: { limits: limits.amounts, requests: requests.amounts, ...containers }, notes: [] };
}

/** `cpu=500m,memory=256Mi`. */
function readQuantities(
  flag: Flag | undefined,
): { readonly amounts: Readonly<Record<string, string>> } | Objection {
  if (flag === undefined) return { amounts: {} };
  if (flag.value === undefined || flag.value.text === '')
    return badValue(flag, 'quantities such as cpu=500m,memory=256Mi');
  const amounts: Record<string, string> = {};
  let at = 0;
  for (const text of flag.value.text.split(',')) {
    const part = partOf(flag.value, at, at + text.length);
    at += text.length + 1;
    const read = readQuantity(part);
    if (isObjection(read)) return read;
    if (Object.hasOwn(amounts, read.name))
      return badPart(part, `${quoted(read.name)} is given twice; give it once.`);
    amounts[read.name] = read.amount;
  }
  return { amounts };
}

function readQuantity(part: Word): { readonly name: string; readonly amount: string } | Objection {
  const [name = '', amount = '', more] = part.text.split('=', 3);
  if (!resourceNames.some((known) => known === name))
    return badPart(part, `${quoted(name)} cannot be set here; what can is ${either(resourceNames)}.`);
  if (more === undefined && quantity.safeParse(amount).success) return { name, amount };
  return badPart(part, `${quoted(amount)} is not a quantity such as 500m, 1.5 or 256Mi.`);
}

function badPart({ start, end }: Word, reason: string): Objection {
  return { code: 'flag-value', reason, span: { start, end } };
}
