import { type Codes, charactersLike, codesOf, endOfRun, isOf, runsOf, startOfRun } from './runs.ts';
import { type Finder, type Span, united } from './span.ts';

/** What base64 is made of, also base64url, and how much of it a secret needs at least. */
const ofBase64 = charactersLike(/[A-Za-z0-9+/_-]/);
const padding = charactersLike(/=/);
const shortest = 20;

/** Of words with characters encoded as in a URL: what stands before the first of these, and what behind it. */
const before = charactersLike(/[\w.~!*()+%-]/);
const behind = charactersLike(/[\w.~!*()+&=;@:/?%-]/);
const hex = charactersLike(/[0-9A-Fa-f]/);

/** What a part of a text says when it is decoded. */
interface Encoded extends Span {
  readonly said: string;
}

/** Stands between what is decoded: nothing that is a secret goes on over it. */
const apart = '\n\0\n';

/** Secrets within what is encoded: the whole of it is hidden when what it says has one. All is searched at once. */
export function encodedSecrets(text: string, codes: Codes, finder: Finder): Span[] {
  const parts = [...inBase64(text, codes), ...inPercents(text, codes)];
  if (parts.length === 0) return [];
  const all = parts.map(({ said }) => said).join(apart);
  const secrets = united(finder(all, codesOf(all)));
  const spans: Span[] = [];
  let [at, next] = [0, 0];
  for (const { start, end, said } of parts) {
    while ((secrets[next]?.end ?? Number.POSITIVE_INFINITY) <= at) next += 1;
    if ((secrets[next]?.start ?? Number.POSITIVE_INFINITY) < at + said.length)
      spans.push({ start, end, name: said.includes('PRIVATE KEY') ? 'private key' : 'encoded secret' });
    at += said.length + apart.length;
  }
  return spans;
}

function inBase64(text: string, codes: Codes): Encoded[] {
  return runsOf(ofBase64, codes, shortest).flatMap(({ start, end }) => {
    const said = decoded(text.slice(start, end));
    if (said === undefined) return [];
    return [{ start, end: Math.min(end + 2, endOfRun(padding, codes, end)), said }];
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

function inPercents(text: string, codes: Codes): Encoded[] {
  const parts: Encoded[] = [];
  let from = 0;
  for (let sign = text.indexOf('%'); sign >= 0; sign = text.indexOf('%', from)) {
    if (!isEncoded(codes, sign)) {
      from = sign + 1;
      continue;
    }
    const start = startOfRun(before, codes, sign, from);
    const end = endOfRun(behind, codes, sign);
    from = end;
    if (end - start >= shortestInPercents)
      parts.push({ start, end, said: saidByPercents(text.slice(start, end)) });
  }
  return parts;
}

const isEncoded = (codes: Codes, sign: number) => isOf(hex, codes, sign + 1) && isOf(hex, codes, sign + 2);

/** `pw%3Dx1` says five characters; fewer are no secret. */
const shortestInPercents = 7;

function saidByPercents(run: string): string {
  const [plain = '', ...parts] = run.split('%');
  const said = parts.map((part) =>
    /^[0-9A-Fa-f]{2}/.test(part)
      ? String.fromCharCode(Number.parseInt(part.slice(0, 2), 16)) + part.slice(2)
      : `%${part}`,
  );
  return plain + said.join('');
}
