/** Parts of a text that are looked at, and characters of it: what people paste around one command is shorter. */
const MOST_PARTS = 6;
const MOST_CHARACTERS = 4_000;

/** `kubectl` as a word of its own, behind what may stand directly before it. */
const PROGRAM = /(?<![A-Za-z0-9./-])kubectl\s/i;

/** Before a command: another cluster, or that it is not to be done. */
const CHANGES_MEANING = /=|\b(?:not|never|don['\u2019]?t|avoid|unless)\b/i;

/** What people mark a whole command with, at the end of what stands before it. */
const MARK = /([*_~`'"])\1{0,2}$|$/;

/** Where the output goes, and that nobody waits for it. */
const OUTPUT = /\s+(?:\d?>{1,2}\s*\S+|&>\s*\S+|&)\s*$/;

/**
 * The commands that a shell would take one after the other; undefined where there are too many to tell what was meant.
 * Continued lines are one, as PowerShell and cmd.exe continue them, too; comments are none.
 */
export function shellCommandsIn(text: string): readonly string[] | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  const parts = text
    .replace(/[ \t][\\`^][ \t]*\r?\n/g, ' ')
    .replace(/^(?:\s*&gt;)+/, '')
    .split(/&&|\|\||[;|\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/^(?:#.*|true)$/.test(part));
  return parts.length > MOST_PARTS ? undefined : parts;
}

/**
 * What may be meant by a text with something before the command or behind it: a prompt, the mark of a list or a quotation,
 * another program, a mention, a full stop, where the output goes. The most likely first; only good for a proposal.
 */
export function commandsIn(text: string): readonly string[] {
  const found = [...withoutEnd(text, ''), ...withoutStart(text)];
  // Who types with the capitals locked means no capitals: no name in Kubernetes has any.
  const quiet = text === text.toUpperCase() && !text.includes('=') ? [text.toLowerCase()] : [];
  return [...new Set([...found, ...quiet])].filter((each) => each !== '');
}

function withoutStart(text: string): readonly string[] {
  const program = text.search(PROGRAM);
  const start = program === -1 ? text.search(/(?<=\s)\S/) : program;
  if (start === -1) return [];
  const before = text.slice(0, start);
  if (before.length > 80 || CHANGES_MEANING.test(before)) return [];
  return withoutEnd(text.slice(start), before.slice(before.search(MARK)));
}

/** `mark`: what stands directly before it and may stand behind it, too. */
function withoutEnd(text: string, mark: string): readonly string[] {
  const plain = withoutOutput(text);
  const sentence = plain.replace(/[.,:!?]+$/, '');
  const unmarked = sentence.endsWith(mark) ? sentence.slice(0, sentence.length - mark.length) : sentence;
  return [plain, unmarked, sentence];
}

function withoutOutput(text: string): string {
  let plain = text;
  for (let count = 0; count < 3; count += 1) plain = plain.replace(OUTPUT, '');
  return plain;
}
