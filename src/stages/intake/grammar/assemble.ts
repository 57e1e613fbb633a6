import type { Action } from '../../../domain/action.ts';
import { action } from '../../../domain/action.ts';
import type { ReadFlags } from './flags.ts';
import type { Objection } from './refusal.ts';
import { isObjection } from './refusal.ts';
import type { NamedObject } from './target.ts';
import { readTarget } from './target.ts';
import type { Word } from './tokenise.ts';
import { readImages, readNamespace, readReplicas, readRevision } from './values.ts';
import type { VerbRule } from './verbs.ts';

export interface Assembled {
  readonly action: Action;
  readonly notes: readonly string[];
}

/** Puts verb, object and flags together. The domain's own schema has the last word on every Action. */
export function assemble(
  rule: VerbRule,
  operands: readonly Word[],
  flags: ReadFlags,
  end: number,
): Assembled | Objection {
  const isPair = ({ text }: Word): boolean => rule.verb === 'set image' && text.includes('=');
  const pairs = operands.filter(isPair);
  const object = readTarget(
    rule,
    operands.filter((word) => !isPair(word)),
    end,
  );
  if (isObjection(object)) return object;
  const place = readPlace(object, flags);
  if (isObjection(place)) return place;
  const details = readDetails(rule, pairs, flags, end);
  if (isObjection(details)) return details;
  const parsed = action.safeParse({ verb: rule.verb, target: { ...object, ...place.fields }, ...details });
  if (parsed.success) return { action: parsed.data, notes: [...place.notes, ...flags.notes] };
  const reason = `This is not a valid "${rule.verb}": ${parsed.error.issues[0]?.message ?? 'unknown reason'}.`;
  return { code: 'bad-name', reason, span: { start: operands[0]?.start ?? end, end } };
}

interface Place {
  readonly fields: { readonly namespace?: string };
  readonly notes: readonly string[];
}

function readPlace(object: NamedObject, flags: ReadFlags): Place | Objection {
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

/** The fields besides verb and target. Which flags belong to the verb has been settled before. */
function readDetails(
  rule: VerbRule,
  pairs: readonly Word[],
  flags: ReadFlags,
  end: number,
): object | Objection {
  if (rule.needs !== undefined && !flags.used.has(rule.needs)) {
    return {
      code: 'flag-missing',
      reason: `"${rule.verb}" needs --${rule.needs}.`,
      span: { start: end, end },
    };
  }
  if (rule.verb === 'set image') return imagesOf(pairs, end);
  const details: Record<string, number> = {};
  for (const [as, field, read] of NUMBERS) {
    const flag = flags.used.get(as);
    if (!flag) continue;
    const value = read(flag);
    if (isObjection(value)) return value;
    details[field] = value.number;
  }
  return details;
}

const NUMBERS = [
  ['replicas', 'replicas', readReplicas],
  ['current-replicas', 'currentReplicas', readReplicas],
  ['to-revision', 'toRevision', readRevision],
] as const;

function imagesOf(pairs: readonly Word[], end: number): object | Objection {
  if (pairs.length > 0) return readImages(pairs);
  return { code: 'bad-image', reason: '"set image" needs CONTAINER=IMAGE.', span: { start: end, end } };
}
