import type { NamedByFlag } from '../../../actions/command.ts';
import { patchLeaves } from '../../../actions/commands.ts';
import type { Named } from '../../../actions/grammar/details.ts';
import { quoted } from '../../../actions/grammar/display.ts';
import { type GivenFlags, given } from '../../../actions/grammar/flag.ts';
import type { Objection } from '../../../actions/grammar/refusal.ts';
import { isObjection } from '../../../actions/grammar/refusal.ts';
import { badValue } from '../../../actions/grammar/values.ts';
import type { Word } from '../../../actions/grammar/word.ts';
import type { Request } from '../../../domain/action.ts';
import { action, group, labelName } from '../../../domain/action.ts';
import type { ReadFlags } from './flags.ts';
import { NAMESPACE, SELECTOR } from './shared-flags.ts';
import { readTarget } from './target.ts';
import type { TypedCommand } from './typed-commands.ts';

export interface Assembled {
  readonly action: Request;
  readonly notes: readonly string[];
}

/** Puts verb, objects and flags together. The domain's own schema has the last word on every request. */
export function assemble(
  typed: TypedCommand,
  words: readonly Word[],
  flags: ReadFlags,
  end: number,
): Assembled | Objection {
  const isArgument = typed.of(undefined).isArgument;
  const operands = words.filter(isArgument);
  const object = readObject(typed, {
    words: words.filter((word) => !isArgument(word)),
    flags: flags.used,
    end,
  });
  if (isObjection(object)) return object;
  const place = spokenPlace(object, words, flags.used) ?? readPlace(object, flags.used);
  if (isObjection(place)) return place;
  const needed = typed.needs.find((flag) => given(flags.used, flag) === undefined);
  if (needed !== undefined) {
    const reason = `"${typed.name}" needs --${needed.long}.`;
    return { code: 'flag-missing', reason, span: { start: end, end } };
  }
  const { verb, read } = typed.of(object.kind);
  const details = read({ object, operands, flags: flags.used, end, leaves: patchLeaves });
  if (isObjection(details)) return details;
  const schema = 'name' in object ? action : group;
  const parsed = schema.safeParse({ verb, ...details.fields, target: { ...object, ...place.fields } });
  if (parsed.success)
    return { action: parsed.data, notes: [...place.notes, ...flags.notes, ...details.notes] };
  const reason = `This is not a valid "${typed.name}": ${parsed.error.issues.map(({ message }) => message).join('; ')}.`;
  return {
    code: 'bad-name',
    reason,
    span: { start: Math.min(end, ...words.map(({ start }) => start)), end },
  };
}

/** What there is to read the objects from. */
interface Objects {
  readonly words: readonly Word[];
  readonly flags: GivenFlags;
  readonly end: number;
}

function readObject(typed: TypedCommand, { words, flags, end }: Objects): Named | Objection {
  const selector = given(flags, SELECTOR);
  if (typeof typed.names === 'string') return readTarget(typed, words, selector, end);
  if (selector) return { code: 'several-targets', reason: typed.names.onlyOne, span: selector.span };
  return readSource(typed, typed.names, flags, end);
}

/** `--from=cronjob/nightly`: what something new is made from. */
function readSource(
  typed: TypedCommand,
  { flag, missing, expected }: NamedByFlag,
  flags: GivenFlags,
  end: number,
): Named | Objection {
  const from = given(flags, flag);
  if (!from) return { code: 'flag-missing', reason: missing, span: { start: end, end } };
  if (!from.value?.text.includes('/')) return badValue(from, expected);
  return readTarget(typed, [from.value], undefined, end);
}

interface Place {
  readonly fields: { readonly namespace?: string };
  readonly notes: readonly string[];
}

/** `pod web-0 in shop` would be three pods in "default"; pods of such names can be asked for with their namespace. */
function spokenPlace(object: Named, words: readonly Word[], flags: GivenFlags): Objection | undefined {
  if (!('names' in object) || given(flags, NAMESPACE) !== undefined) return undefined;
  const word = words.find(({ text }) => /^(?:in|the|of|to|namespace|ns|n)$/i.test(text));
  if (word === undefined) return undefined;
  const reason = `${quoted(word.text)} would be taken for a name here; the namespace is given with -n.`;
  return { code: 'extra-word', reason, span: { start: word.start, end: word.end } };
}

/** Said where no namespace was given. */
export const defaultMeant = 'No namespace given: "default" is meant.';

function readPlace(object: Named, flags: GivenFlags): Place | Objection {
  const flag = given(flags, NAMESPACE);
  if (!flag) {
    if (object.kind === 'Node') return { fields: {}, notes: [] };
    return { fields: { namespace: 'default' }, notes: [defaultMeant] };
  }
  const namespace = labelName.safeParse(flag.value?.text);
  if (!namespace.success)
    return badValue(flag, 'a namespace: lower case letters, digits and "-", at most 63');
  if (object.kind !== 'Node') return { fields: { namespace: namespace.data }, notes: [] };
  return { fields: {}, notes: [`${flag.name} has no effect: nodes are in no namespace.`] };
}
