import { addressPasswords, goPasswords, oraclePasswords, queryTokens } from './secrets/addresses.ts';
import { assignments, variables } from './secrets/assignments.ts';
import { bearers, commandSecrets, sentenceSecrets } from './secrets/commands.ts';
import { encodedSecrets } from './secrets/encoded.ts';
import { secretManifests } from './secrets/manifests.ts';
import { keyBlocks, privateKeys } from './secrets/private-keys.ts';
import { type Codes, codesOf } from './secrets/runs.ts';
import {
  azureKeys,
  bootstrapTokens,
  createTokenShapes,
  longTokens,
  markedTokens,
  webhooks,
} from './secrets/shapes.ts';
import { type Finder, type Span, united } from './secrets/span.ts';
import { createTokenRules } from './secrets/token-rules.ts';
import { webTokens } from './secrets/web-tokens.ts';

/** Shapes that are secrets wherever they stand, also within what is encoded. */
const shaped: readonly Finder[] = [
  privateKeys,
  webTokens,
  lazily(createTokenShapes),
  markedTokens,
  longTokens,
  bootstrapTokens,
  azureKeys,
  webhooks,
  addressPasswords,
];

/** What is said to be a secret by what stands before it. */
const named: readonly Finder[] = [
  keyBlocks,
  queryTokens,
  oraclePasswords,
  goPasswords,
  assignments,
  variables,
  commandSecrets,
  sentenceSecrets,
  bearers,
  secretManifests,
];

/** The rules of secretlint, made when they are first asked. */
const library = lazily(createTokenRules);

function lazily(make: () => Finder): Finder {
  let made: Finder | undefined;
  return (text, codes) => {
    made ??= make();
    return made(text, codes);
  };
}

/** What stands in the place of a secret, by its length and name. */
type Cover = (length: number, name: string | undefined) => string;

/**
 * Takes secrets out of text before it leaves the process (Slack, logs, audit). What was taken is named:
 * `[redacted: Slack token]`. Text without secrets comes back unchanged, and so does text that was redacted before.
 */
export function redact(text: string): string {
  return covered(text, (_, name) => (name === undefined ? '[redacted]' : `[redacted: ${name}]`));
}

/** The same with a star for every character of a secret, so that places in the text stay what they are. */
export function masked(text: string): string {
  return covered(text, (length) => '*'.repeat(length));
}

/** `pw=1`: no text that is shorter has a secret. */
const shortest = 4;

/**
 * What one look covers may show the next what it is the neighbour of ("password: Anne [redacted: GitHub token]" is an
 * assignment, no sentence), so that it looks again until nothing changes: what is kept is never less than what was
 * posted. Nearly all text ends at the first look, what has secrets at the second; the bound is for text that was made
 * to take long.
 */
const looksAtMost = 8;

function covered(text: string, cover: Cover): string {
  let now = text;
  for (let look = 0; look < looksAtMost; look += 1) {
    const next = coveredOnce(now, cover);
    if (next === now) return now;
    now = next;
  }
  return now;
}

function coveredOnce(text: string, cover: Cover): string {
  if (text.length < shortest) return text;
  const spans = united(secretsIn(text));
  const parts: string[] = [];
  let from = 0;
  for (const { start, end, name } of spans) {
    parts.push(text.slice(from, start), cover(end - start, name));
    from = end;
  }
  return parts.join('') + text.slice(from);
}

function secretsIn(text: string): Span[] {
  const codes = codesOf(text);
  const spans = foundBy([...shaped, ...named, library], text, codes);
  for (const span of encodedSecrets(text, codes, inside)) spans.push(span);
  return spans;
}

/** In what was encoded: everything that is known by its shape or its name, but no third writing. */
const inside: Finder = (text, codes) => foundBy([...shaped, assignments, library], text, codes);

function foundBy(finders: readonly Finder[], text: string, codes: Codes): Span[] {
  const spans: Span[] = [];
  for (const finder of finders) for (const span of finder(text, codes)) spans.push(span);
  return spans;
}
