import {
  type EndingInput,
  isWrittenOut,
  type Next,
  type Playbook,
  rollbackWord,
  type Step,
  stepNamed,
  writtenOutName,
} from '../../domain/incidents/playbook.ts';

/** What a playbook goes on with. `because`: the expression that decided, where one did. */
export type Continuation =
  | { readonly kind: 'step'; readonly step: Step; readonly because?: string }
  | { readonly kind: 'rollback'; readonly because?: string }
  | { readonly kind: 'escalate'; readonly sentence: string }
  | { readonly kind: 'none' };

/**
 * What comes after a step that did not end verified: the first entry of its list that is true of how it ended. Where one
 * cannot be answered nothing is guessed: people are asked.
 */
export function continuationOf(playbook: Playbook, step: Step, ending: EndingInput): Continuation {
  for (const [index, entry] of (step.on ?? []).entries()) {
    const { when } = entry;
    const held = when === undefined || answer(playbook, when, ending);
    if (held === true) return entered(playbook, { name: writtenOutName(step.name, index), entry });
    if (held !== false)
      return { kind: 'escalate', sentence: `Whether ${when ?? 'it ended so'} could not be told (${held}).` };
  }
  return { kind: 'none' };
}

/** @param written the entry, and the name of the step that it writes out */
function entered(
  playbook: Playbook,
  { name, entry }: { readonly name: string; readonly entry: Next },
): Continuation {
  const { when, do: what = '', escalate } = entry;
  if (escalate !== undefined) return { kind: 'escalate', sentence: escalate };
  const because = when === undefined ? {} : { because: when };
  if (what === rollbackWord) return { kind: 'rollback', ...because };
  const step = stepNamed(playbook, isWrittenOut(what) ? name : what.trim());
  return step === undefined
    ? { kind: 'escalate', sentence: `The playbook has no step ${what} any more.` }
    : { kind: 'step', step, ...because };
}

/** True or false, or why neither. */
function answer({ expressions }: Playbook, when: string, ending: EndingInput): boolean | string {
  const ask = expressions?.ending.get(when);
  if (ask === undefined) return 'it is not compiled';
  try {
    const held = ask(ending);
    return typeof held === 'boolean' ? held : 'it says neither true nor false';
  } catch (fault) {
    const [first = 'it fails'] = (fault instanceof Error ? fault.message : String(fault)).split('\n');
    return first;
  }
}
