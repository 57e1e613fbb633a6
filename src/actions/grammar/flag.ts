import type { RefusalCode, Span } from './refusal.ts';
import type { Word } from './word.ts';

/** What happens to a flag: it is used, it is let go with a note, or the command is refused. */
export type FlagMeaning = FlagUse | FlagNote | FlagRefusal;

interface FlagUse {
  readonly kind: 'used';
  /** May be given several times; otherwise two values are one too many to be sure which was meant. */
  readonly repeatable: boolean;
  /** The flag that this one is another name of, or itself. */
  readonly as: string;
}

interface FlagNote {
  readonly kind: 'noted';
  readonly note: string;
}

interface FlagRefusal {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  readonly reason: string;
  /** The same command without the flag is worth offering: it asks for the same target and the same change. */
  readonly offerWithout: boolean;
}

/** A flag as it is typed. A switch takes a value only as `--wait=false`; the other flags also take the next word. */
export interface FlagForm {
  readonly long: string;
  readonly short?: string;
  readonly takes: 'value' | 'switch';
}

/** A flag and what it means: for every command, or for the one that lists it. */
export interface FlagRule<M extends FlagMeaning = FlagMeaning> extends FlagForm {
  readonly meaning: M;
}

/** A flag whose value becomes part of the request, or decides how another part is read. */
export type UsedFlag = FlagRule<FlagUse>;

/** One flag as it was typed. */
export interface Flag {
  /** `-n` or `--namespace`, whichever was typed. */
  readonly name: string;
  readonly value?: Word;
  readonly span: Span;
}

/** The flags of a command that are used, by their long names, in the order in which they were typed. */
export type GivenFlags = ReadonlyMap<string, readonly Flag[]>;

/** The flag, if it was given; of one that may be repeated, the first. */
export function given(flags: GivenFlags, flag: UsedFlag): Flag | undefined {
  return allGiven(flags, flag)[0];
}

/** The flag as often as it was given. */
export function allGiven(flags: GivenFlags, flag: UsedFlag): readonly Flag[] {
  return flags.get(flag.meaning.as) ?? [];
}

/** A flag with a value that is used once. */
export function valueFlag(long: string, short?: string): UsedFlag {
  return { long, ...(short === undefined ? {} : { short }), takes: 'value', meaning: useOf(long) };
}

/** A flag that is on or off. */
export function switchFlag(long: string): UsedFlag {
  return { long, takes: 'switch', meaning: useOf(long) };
}

/** Another name of the same flag. */
export function otherName(flag: UsedFlag, long: string): UsedFlag {
  return { ...flag, long };
}

/** The same flag, which may be given several times. */
export function repeatable(flag: UsedFlag): UsedFlag {
  return { ...flag, meaning: { ...flag.meaning, repeatable: true } };
}

function useOf(as: string): FlagUse {
  return { kind: 'used', as, repeatable: false };
}

/** Something that kubectl has and that is not done here. */
export function notOffered(reason: string, offerWithout = true): FlagRefusal {
  return { kind: 'refused', code: 'not-offered', reason, offerWithout };
}

/** A way of deleting that does not let pods shut down. */
export function unsafeDelete(reason: string): FlagRefusal {
  return { kind: 'refused', code: 'unsafe-delete', reason, offerWithout: true };
}

/** A flag that makes a command into one that changes nothing. */
export const readsOnly: FlagMeaning = {
  kind: 'refused',
  code: 'reads-only',
  reason: 'With this flag the command only reads; Firebreak is for changes. Run it with kubectl.',
  offerWithout: false,
};
