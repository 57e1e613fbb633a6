import type { Request } from '../domain/action.ts';
import { redact } from '../domain/text/redact.ts';
import { isSecret } from '../domain/text/secret-name.ts';
import { kindOf } from './action-kinds.ts';
import { phrase } from './phrase.ts';
import { printAction } from './print.ts';

/** What may carry a credential in the details of a request, with its name where the name tells. */
export function secretTexts(asked: Request): readonly string[] {
  return kindOf(asked.verb).command.secretTexts(asked);
}

/** Everything but printable ASCII: what a screen may hide, turn round or show as another letter. */
const unseen = /[^ -~]/;

/**
 * Why a value of a request cannot be put before those who approve it; undefined when all can. Commands are refused for it
 * where they are read; this is for what comes another way, such as a rollback to a value that somebody else wrote.
 */
export function unshowable(asked: Request): string | undefined {
  const texts = secretTexts(asked);
  if (texts.length === 0) return undefined;
  const hidden = texts.find((text) => unseen.test(text));
  if (hidden !== undefined)
    return `${nameIn(hidden)} holds characters that a screen does not show as they are, so nobody can approve it.`;
  const secret = texts.find(isSecret);
  if (secret === undefined) return undefined;
  return `${nameIn(secret)} looks like a secret: it must not be shown, and what is not shown cannot be approved. Put it into a Secret and refer to that with valueFrom in the manifest.`;
}

/** Never the value. */
function nameIn(text: string): string {
  const equals = text.indexOf('=');
  const name = equals < 0 ? '' : text.slice(0, equals);
  return name === '' || unseen.test(name) || redact(name) !== name ? 'A value' : `The value of ${name}`;
}

/** The canonical command for people's eyes; without its values where one of them must not be shown. */
export function commandText(asked: Request): string {
  return unshowable(asked) === undefined ? printAction(asked) : `${phrase(asked)} (its values are not shown)`;
}
