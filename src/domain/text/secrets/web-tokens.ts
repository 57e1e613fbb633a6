import { charactersLike, runsOf } from './runs.ts';
import type { Finder, Span } from './span.ts';

/** Runs of what JSON web tokens are made of (RFC 7515: base64url and dots). */
const ofTokens = charactersLike(/[\w.=-]/);

/** How `{"` and `{` with a blank begin in base64. */
const header = /ey[JA-Z][A-Za-z0-9]/;

/**
 * JSON web tokens and those of Kubernetes' service accounts (RFC 7519): a header that begins as `{"` does in base64, a
 * dot, and what they claim. Also cut off behind the claims' first characters, and without the signature.
 */
export const webTokens: Finder = (text, codes) => {
  const spans: Span[] = [];
  if (!header.test(text)) return spans;
  for (const { start, end } of runsOf(ofTokens, codes, 20)) {
    const word = text.slice(start, end);
    const head = word.includes('ey') ? headOf(word) : undefined;
    if (head !== undefined) spans.push({ start: start + head, end, name: 'JSON web token' });
  }
  return spans;
};

/** Where the first header in a word begins. Only the last `ey` of each part can be one that reaches its dot. */
function headOf(word: string): number | undefined {
  let at = 0;
  for (const part of word.split('.')) {
    const behind = word.length - at - part.length - 1;
    const head = part.search(header);
    if (head >= 0 && part.length - head >= 10 && behind >= 8) return at + head;
    // Cut off within the header.
    if (head >= 0 && /^eyJ(?:hbGci|0eXAi|raWQi|jdHki)/.test(part.slice(head))) return at + head;
    at += part.length + 1;
  }
  return undefined;
}
