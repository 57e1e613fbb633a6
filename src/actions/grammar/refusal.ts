/** Half-open range [start, end) in UTF-16 units of the text as it was given. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type RefusalCode =
  // the text as a whole
  | 'empty'
  | 'too-long'
  // characters that mean something to a shell, or to nobody
  | 'several-commands'
  | 'substitution'
  | 'redirection'
  | 'placeholder'
  | 'glob'
  | 'comment'
  | 'quote'
  | 'character'
  | 'control-character'
  | 'not-ascii'
  // the verb
  | 'not-kubectl'
  | 'unknown-verb'
  | 'reads-only'
  | 'outside-set'
  | 'local-only'
  // flags
  | 'unknown-flag'
  | 'flag-of-other-verb'
  | 'flag-repeated'
  | 'flag-value'
  | 'flag-missing'
  | 'other-cluster'
  | 'other-identity'
  | 'dry-run'
  | 'unsafe-delete'
  | 'several-targets'
  | 'file'
  | 'not-offered'
  | 'help'
  // what the verb acts on
  | 'unknown-kind'
  | 'kind-not-allowed'
  | 'missing-target'
  | 'extra-word'
  | 'bad-name'
  | 'bad-image'
  | 'bad-pair'
  | 'bad-patch'
  | 'secret'
  // playbook templates
  | 'template-placeholder'
  | 'template-value';

/** Why a text is not an Action. `nearest` is a command that parses, or a usage form with NAMES IN CAPITALS. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly reason: string;
  readonly span: Span;
  readonly nearest?: string;
}

/**
 * A refusal before the nearest valid form has been looked for. `instead` is the text that would stand in the
 * place of `span` in that form ('' takes the words out); without it only the verb's usage form can be offered.
 */
export interface Objection {
  readonly code: RefusalCode;
  readonly reason: string;
  readonly span: Span;
  readonly instead?: string | undefined;
}

/** Told apart from a good value by its `reason`; no good value of this grammar has one. */
export function isObjection(value: object): value is Objection {
  return 'reason' in value && 'span' in value;
}
