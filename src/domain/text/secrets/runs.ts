/** The UTF-16 codes of a text's characters, and two zeros behind them. A look at them is much cheaper than at the text. */
export type Codes = Uint16Array;

export function codesOf(text: string): Codes {
  const codes = new Uint16Array(text.length + 2);
  for (let at = 0; at < text.length; at += 1) codes[at] = text.charCodeAt(at);
  return codes;
}

/** Which ASCII characters are of a kind: 1 at the code of each. */
export type Characters = Uint8Array;

/** @param kind matches one character, and not the one whose code is zero. */
export function charactersLike(kind: RegExp): Characters {
  return Uint8Array.from({ length: 128 }, (_, code) => Number(kind.test(String.fromCharCode(code))));
}

/** Whether the character there is of the kind. None is where the text has ended. */
export function isOf(characters: Characters, codes: Codes, at: number): boolean {
  const code = codes[at] ?? 0;
  return code < 128 && characters[code] === 1;
}

/** Where characters of the kind end that stand from there on. */
export function endOfRun(characters: Characters, codes: Codes, from: number): number {
  let at = from;
  while (isOf(characters, codes, at)) at += 1;
  return at;
}

/** Where characters of the kind begin that stand up to there; not before `least`. */
export function startOfRun(characters: Characters, codes: Codes, end: number, least: number): number {
  let at = end;
  while (at > least && isOf(characters, codes, at - 1)) at -= 1;
  return at;
}

/** The places of a run's first character and of the one after its last. */
export interface Run {
  readonly start: number;
  readonly end: number;
}

/**
 * The longest possible runs of a kind of characters, at least so long. What is looked at first is where one would have to
 * be still, so that most characters of a text without long runs are never looked at (as Boyer and Moore search).
 */
export function runsOf(characters: Characters, codes: Codes, least: number): Run[] {
  const runs: Run[] = [];
  let start = 0;
  while (start + least < codes.length) {
    const reached = startOfRun(characters, codes, start + least, start);
    if (reached > start) {
      start = reached;
      continue;
    }
    const end = endOfRun(characters, codes, start + least);
    runs.push({ start, end });
    start = end + 1;
  }
  return runs;
}

const letters = charactersLike(/[A-Za-z0-9]/);
const digits = charactersLike(/[0-9;]/);

/** Whether what stands there goes on with a word, and not behind what only ends in a letter or a digit. */
export function isWithin(codes: Codes, at: number): boolean {
  return isOf(letters, codes, at - 1) && !isEscape(codes, at);
}

/** `\n` and `\u0022` as JSON writes them, and the codes of a terminal's colours: `[0m`. */
function isEscape(codes: Codes, end: number): boolean {
  if (codes[end - 2] === 92) return escapes.has(codes[end - 1] ?? 0);
  if (codes[end - 6] === 92 && codes[end - 5] === 117) return true;
  return codes[end - 1] === 109 && codes[startOfRun(digits, codes, end - 1, end - 12) - 1] === 91;
}

const escapes = new Set([...'nrtbf'].map((letter) => letter.charCodeAt(0)));
