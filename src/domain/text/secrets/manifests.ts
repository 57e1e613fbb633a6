import { behind, type Finder, type Span } from './span.ts';

const isSecret = /\bkind\\{0,3}["']?:[ \t]{0,3}\\{0,3}["']?Secret\b/;

/** The map that holds them, in YAML and in JSON. */
const opening = /(?<![\w.-])\\{0,3}["']?(?:data|stringData)\\{0,3}["']?:[ \t]{0,3}(?:\{|\r?\n)/g;

/** A value in JSON, also where its quotes are escaped. */
const jsonValue = /(["'][ \t]{0,3}:\s{0,3}\\{0,3}")([^"\\]+)/g;

/** The values of a Secret's `data` and `stringData`, whatever their keys are called. Those of other maps in the text, too. */
export const secretManifests: Finder = (text) => {
  if (!isSecret.test(text)) return [];
  const spans: Span[] = [];
  let seen = 0;
  for (const { 0: opened, index } of text.matchAll(opening)) {
    const from = index + opened.length;
    if (from < seen) continue;
    const values = opened.endsWith('{')
      ? jsonValues(text, from)
      : yamlValues(text, from, index - text.lastIndexOf('\n', index) - 1);
    spans.push(...values.spans);
    seen = values.end;
  }
  return spans;
};

interface Values {
  readonly spans: readonly Span[];
  /** Where the map ends. */
  readonly end: number;
}

function jsonValues(text: string, from: number): Values {
  const close = text.indexOf('}', from);
  const end = close === -1 ? text.length : close;
  const spans = behind(text.slice(from, end), jsonValue);
  return { spans: spans.map((span) => ({ start: from + span.start, end: from + span.end })), end };
}

/** Lines deeper than the map's own, up to the next one that is not. */
function yamlValues(text: string, from: number, depth: number): Values {
  const spans: Span[] = [];
  let at = from;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(at, end);
    const indent = line.length - line.trimStart().length;
    if (line.trim() !== '' && indent <= depth) return { spans, end: at };
    const key =
      /^\s{0,200}(?:"[^"]{1,253}"|'[^']{1,253}'|[\w.-]{1,253}):[ \t]{0,10}/.exec(line)?.[0] ??
      ' '.repeat(indent);
    const value = line.slice(key.length).trimEnd();
    if (value !== '' && !/^[|>][+-]?$|^\[redacted/.test(value))
      spans.push({ start: at + key.length, end: at + key.length + value.length });
    at = end + 1;
  }
  return { spans, end: text.length };
}
