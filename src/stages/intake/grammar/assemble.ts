import type { Request } from '../../../domain/action.ts';
import { action, group } from '../../../domain/action.ts';
import { readDetails } from './details.ts';
import type { Flag, ReadFlags } from './flags.ts';
import { isPair, isTaint } from './pairs.ts';
import type { Objection } from './refusal.ts';
import { isObjection } from './refusal.ts';
import type { Named } from './target.ts';
import { readTarget } from './target.ts';
import type { Word } from './tokenise.ts';
import { badValue, readNamespace } from './values.ts';
import type { VerbRule } from './verbs.ts';

export interface Assembled {
  readonly action: Request;
  readonly notes: readonly string[];
}

/** Puts verb, objects and flags together. The domain's own schema has the last word on every request. */
export function assemble(
  rule: VerbRule,
  operands: readonly Word[],
  flags: ReadFlags,
  end: number,
): Assembled | Objection {
  const { objects, pairs } = sorted(rule, operands);
  const object =
    rule.names === 'new'
      ? sourceOf(rule, flags, end)
      : readTarget(rule, objects, flags.used.get('selector'), end);
  if (isObjection(object)) return object;
  const place = readPlace(object, flags);
  if (isObjection(place)) return place;
  if (rule.needs !== undefined && !flags.used.has(rule.needs)) {
    const reason = `"${rule.command}" needs --${rule.needs}.`;
    return { code: 'flag-missing', reason, span: { start: end, end } };
  }
  const details = readDetails({ rule, object, pairs, flags, end });
  if (isObjection(details)) return details;
  const schema = 'name' in object ? action : group;
  const parsed = schema.safeParse({ ...details.fields, target: { ...object, ...place.fields } });
  if (parsed.success)
    return { action: parsed.data, notes: [...place.notes, ...flags.notes, ...details.notes] };
  const reason = `This is not a valid "${rule.command}": ${parsed.error.issues[0]?.message ?? 'unknown reason'}.`;
  return { code: 'bad-name', reason, span: { start: operands[0]?.start ?? end, end } };
}

/** Which operands are objects and which say what becomes of them. */
function sorted(rule: VerbRule, operands: readonly Word[]) {
  const isOther = OTHERS[rule.names === 'new' ? 'new' : rule.command] ?? (() => false);
  const pairs = operands.filter(isOther);
  return { objects: pairs.length === 0 ? operands : operands.filter((word) => !isOther(word)), pairs };
}

const OTHERS: Readonly<Record<string, (word: Word) => boolean>> = {
  new: () => true,
  'set image': ({ text }) => text.includes('='),
  'set env': isPair,
  label: isPair,
  annotate: isPair,
  taint: isTaint,
};

/** `--from=cronjob/nightly`: what a new Job is made from. */
function sourceOf(rule: VerbRule, flags: ReadFlags, end: number): Named | Objection {
  const selector = flags.used.get('selector');
  if (selector) {
    const reason = '"create job" is made from one object; name it with --from.';
    return { code: 'several-targets', reason, span: selector.span };
  }
  const from = flags.used.get('from');
  if (!from) {
    const reason = '"create job" needs --from=cronjob/NAME, or --from=job/NAME to run a Job again.';
    return { code: 'flag-missing', reason, span: { start: end, end } };
  }
  if (!from.value?.text.includes('/')) return badSource(from);
  return readTarget(rule, [from.value], undefined, end);
}

function badSource(from: Flag): Objection {
  return badValue(from, 'what the Job is made from, such as cronjob/NAME');
}

interface Place {
  readonly fields: { readonly namespace?: string };
  readonly notes: readonly string[];
}

function readPlace(object: Named, flags: ReadFlags): Place | Objection {
  const flag = flags.used.get('namespace');
  if (!flag) {
    if (object.kind === 'Node') return { fields: {}, notes: [] };
    return { fields: { namespace: 'default' }, notes: ['No namespace given: "default" is meant.'] };
  }
  const fields = readNamespace(flag);
  if (isObjection(fields)) return fields;
  if (object.kind !== 'Node') return { fields, notes: [] };
  return { fields: {}, notes: [`${flag.name} has no effect: nodes are in no namespace.`] };
}
