import type { Finder, Span } from './span.ts';

/** Runs that may be base64, also base64url, and what must at least be of one to hold a secret. */
const base64 = /[A-Za-z0-9+/_-]{20,}={0,2}/g;

/** Words with characters encoded as in a URL. */
const percent = /(?:[\w.~!*()+-]|%[0-9A-Fa-f]{2})*%[0-9A-Fa-f]{2}(?:[\w.~!*()+&=;@:/?-]|%[0-9A-Fa-f]{2})*/g;

/** Secrets within what is encoded: the whole of it is hidden when what it says has one. */
export function encodedSecrets(text: string, finder: Finder): Span[] {
  return [...inBase64(text, finder), ...inPercents(text, finder)];
}

function inBase64(text: string, finder: Finder): Span[] {
  return [...text.matchAll(base64)].flatMap(({ 0: run, index: start }) => {
    const said = decoded(run);
    if (said === undefined || finder(said).length === 0) return [];
    return [
      {
        start,
        end: start + run.length,
        name: said.includes('PRIVATE KEY') ? 'private key' : 'encoded secret',
      },
    ];
  });
}

/** What a run says, if that is text; a run that was cut off is read as far as it goes. */
function decoded(run: string): string | undefined {
  if (!isText(saidBy(run.slice(0, 16)))) return undefined;
  const said = saidBy(run);
  return isText(said) ? said : undefined;
}

function saidBy(run: string): string {
  const plain = run.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const whole = plain.slice(0, plain.length - (plain.length % 4 === 1 ? 1 : 0));
  return atob(whole);
}

/** Of the first characters: random bytes show themselves at once. */
const isText = (said: string): boolean => /^[\t\n\r\x20-\x7e]{12,}$/.test(said.slice(0, 400));

function inPercents(text: string, finder: Finder): Span[] {
  if (!text.includes('%')) return [];
  return [...text.matchAll(percent)].flatMap(({ 0: run, index: start }) => {
    const said = run.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return finder(said).length === 0 ? [] : [{ start, end: start + run.length, name: 'encoded secret' }];
  });
}
