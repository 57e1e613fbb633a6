import type { Request, TargetKind, Verb } from '../domain/action.ts';
import type { Details, Given } from './grammar/details.ts';
import type { FlagRule, UsedFlag } from './grammar/flag.ts';
import type { PatchLeaf } from './grammar/patch-leaf.ts';
import type { Objection } from './grammar/refusal.ts';
import type { Word } from './grammar/word.ts';

/** The same verb on one object or on several. */
export type RequestOf<V extends Verb> = Extract<Request, { verb: V }>;

/**
 * How a verb is written, read, printed and told. Every member is mandatory: a verb that leaves one out does not compile.
 * Pure: the same input gives the same answer.
 */
export interface Command<V extends Verb> {
  readonly verb: V;
  /** What is typed. Two commands may share it: the kind of the object tells which one is meant. */
  readonly words: readonly [string] | readonly [string, string];
  /** The kinds of object that may be named, as kubectl allows them. */
  readonly kinds: readonly TargetKind[];
  readonly names: Naming;
  /** What is typed instead for a kind that kubectl has other words for. */
  readonly otherWords: Readonly<Partial<Record<TargetKind, string>>>;
  /** A sentence for who names an object of another kind, with a blank before it; empty where there is nothing to say. */
  readonly whyNot: (kind: TargetKind) => string;
  /** The flags that this command has, or that mean something else for it than for others. */
  readonly flags: readonly FlagRule[];
  /** Those without which it cannot be read. */
  readonly needs: readonly UsedFlag[];
  /** Whether an operand says what becomes of the objects instead of naming one. */
  readonly isArgument: (word: Word) => boolean;
  /** The details besides the object, or what is wrong with them. */
  readonly read: (given: Given) => Details | Objection;
  /** What leaf of a patch means the same. */
  readonly leaves: readonly PatchLeaf[];
  /** The form shown when somebody gets it wrong; capitals mark what to fill in. */
  readonly usage: string;
  /** The form for kinds for which it is another one. */
  readonly usageByKind: Readonly<Partial<Record<TargetKind, string>>>;
  readonly examples: readonly [string, ...string[]];
  /** What it does, for the list of all commands; a few words. */
  readonly help: string;
  /** What has been done, behind the name of its object: `restarted`, `a pod deleted`. */
  readonly done: string;
  /** The canonical form without kubectl and namespace: reading it again gives the same. */
  readonly print: (asked: RequestOf<V>) => string;
  /** What was asked for as people say it: `restart Deployment/web in shop`. */
  readonly phrase: (asked: RequestOf<V>) => string;
  /** What may carry a credential, with its name where the name tells. */
  readonly secretTexts: (asked: RequestOf<V>) => readonly string[];
}

/** How objects are named: one; several or by selector; a node without the word for its kind; by a flag. */
export type Naming = 'one' | 'several' | 'node' | NamedByFlag;

/** The operands name something new, and a flag what it is made from. */
export interface NamedByFlag {
  readonly flag: UsedFlag;
  /** For who leaves the flag out. */
  readonly missing: string;
  /** For who gives a selector. */
  readonly onlyOne: string;
  /** What the flag needs. */
  readonly expected: string;
}
