import type { Objection, Refusal, Span } from '../../../actions/grammar/refusal.ts';
import { partOf, type Word } from '../../../actions/grammar/word.ts';
import { secretTexts } from '../../../actions/secret-texts.ts';
import type { Request } from '../../../domain/action.ts';
import { redact } from '../../../domain/text/redact.ts';
import { isSecret } from '../../../domain/text/secret-name.ts';
import { tokenise } from './tokenise.ts';
import { unwrapped } from './wrapping.ts';

const REASON =
  'This looks like a credential, and a chat keeps what is written in it. Put the value into a Secret, refer to that with valueFrom in the manifest, and renew the value if it was a real one.';

/** Objects to what looks like a credential in the values of a request. `words` are those it was read from. */
export function secretIn(asked: Request, words: readonly Word[]): Objection | undefined {
  const texts = valuesOf(asked);
  const all = texts.join('\n');
  if (redact(all) === all && !texts.some(isSecret)) return undefined;
  return { code: 'secret', reason: REASON, span: spanOfSecret(words) };
}

/** What may carry one. The labels that a selector asks for are taken apart: `app=token` is none. */
function valuesOf(asked: Request): readonly string[] {
  const { target } = asked;
  const named =
    'name' in target
      ? [target.name]
      : 'names' in target
        ? target.names
        : [target.selector.replaceAll(/[=!,()]/g, ' ')];
  return [...named, ...secretTexts(asked)];
}

/** The value of the first word that gives itself away, else that of a patch, else everything. */
function spanOfSecret(words: readonly Word[]): Span {
  const culprit = words.find(({ text }) => isSecret(text)) ?? words.find(({ text }) => /^[{[]/.test(text));
  if (culprit === undefined)
    return {
      start: Math.min(...words.map((word) => word.start)),
      end: Math.max(...words.map((word) => word.end)),
    };
  const equals = /^[{[]/.test(culprit.text) ? -1 : culprit.text.indexOf('=');
  const { start, end } = partOf(culprit, equals + 1);
  return { start, end };
}

/**
 * The text of a refused command without what looked like a credential where `redact` cannot see it: what was refused
 * for it, and words that only look like one once their quotes are off. Places stay what they are.
 */
export function withoutSecret(text: string, { code, span }: Refusal): string {
  const hidden = tokenise(unwrapped(text)).words.filter(
    (word) => isSecret(word.text) && isUntouched(text.slice(word.start, word.end)),
  );
  return hidden.reduce(starred, code === 'secret' ? starred(text, span) : text);
}

const isUntouched = (text: string): boolean => redact(text) === text;

function starred(text: string, { start, end }: Span): string {
  return text.slice(0, start) + '*'.repeat(end - start) + text.slice(end);
}
