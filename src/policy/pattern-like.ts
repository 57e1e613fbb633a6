import type { Playbook } from '../domain/incidents/playbook.ts';

/** Of regular expressions and shell patterns; names, addresses and versions have none of it. */
const signs = /[*^$|\\]|\.\+|\[.+\]|\(.*\)|\.\?/;

/**
 * Values of matchers that are written as patterns, a sentence each. They are compared letter by letter, so that a playbook with one
 * matches nothing. It is a warning: a label may hold such letters.
 */
export function patternLike({
  match: { labels = {}, annotations = {} },
}: Pick<Playbook, 'match'>): readonly string[] {
  return Object.entries({ labels, annotations }).flatMap(([place, wanted]) =>
    Object.entries(wanted).flatMap(([key, values]) =>
      [values]
        .flat()
        .filter((value) => signs.test(value))
        .map((value) => sentenceOf(place, key, value)),
    ),
  );
}

/** Alertmanager's patterns are for the whole value (prometheus.io, "Alerting configuration", matcher). */
function sentenceOf(place: string, key: string, value: string): string {
  const pattern = JSON.stringify(`^(?:${value})$`);
  const expression = `${place}[${JSON.stringify(key)}].matches(${pattern})`;
  return `match.${place}.${key}: "${value}" is compared letter by letter; for a pattern use match.when: ${expression}`;
}
