import type { ActionOf } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts/facts.ts';

/** The verbs of this room: both write a map of texts in an object's metadata. */
export type MetadataVerb = 'label' | 'annotate';

type Metadata = ActionOf<MetadataVerb>;
type Written = Pick<Metadata, 'verb'>;

/** The map of an object's metadata that a verb writes. */
export function mapOf({ verb }: Written): 'labels' | 'annotations' {
  return verb === 'label' ? 'labels' : 'annotations';
}

/** What is in it now. */
export function liveTexts({ facts }: { facts: Facts }, action: Written): ReadonlyMap<string, string> {
  return new Map(Object.entries(facts.identity[mapOf(action)]));
}

/** Every key that is written, once, in the order of the command. */
export function keysOf({ set, remove }: Pick<Metadata, 'set' | 'remove'>): string[] {
  return [...new Set([...set.map(({ key }) => key), ...remove])];
}

/** Whether a key is a known one or, where that ends with `/` or `.`, begins with it. */
export function begins(known: string, key: string): boolean {
  return /[/.]$/.test(known) ? key.startsWith(known) : key === known;
}
