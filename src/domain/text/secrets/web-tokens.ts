import { charactersLike, endOfRun, isOf, startOfRun } from './runs.ts';
import type { Finder, Span } from './span.ts';

/** Runs of what JSON web tokens are made of (RFC 7515: base64url and dots). */
const ofTokens = charactersLike(/[\w.=-]/);

/** How `{"` and `{` with a blank begin in base64. */
const header = /ey[JA-Z][A-Za-z0-9]/;
const third = charactersLike(/[JA-Z]/);

/**
 * JSON web tokens and those of Kubernetes' service accounts (RFC 7519): a header that begins as `{"` does in base64, a
 * dot, and what they claim. Also cut off behind the claims' first characters, and without the signature.
 */
export const webTokens: Finder = (text, codes) => {
  const spans: Span[] = [];
  let seen = 0;
  for (let at = text.indexOf('ey'); at >= 0; at = text.indexOf('ey', Math.max(at + 2, seen))) {
    if (!isOf(third, codes, at + 2)) continue;
    const start = startOfRun(ofTokens, codes, at, seen);
    seen = endOfRun(ofTokens, codes, at);
    if (seen - start < shortest) continue;
    const head = headOf(text.slice(start, seen));
    if (head !== undefined) spans.push({ start: start + head, end: seen, name: 'JSON web token' });
  }
  return spans;
};

const shortest = 20;

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
