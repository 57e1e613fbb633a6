import type { z } from 'zod';
import { policy } from '../domain/policy/policy.ts';
import { nearestWord } from '../domain/text/nearest.ts';
import { expressionFlaw } from './rules.ts';

type Raw = z.infer<typeof policy>;

/** What is wrong with a policy beyond its shape, and where. */
interface Flaw {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The policy's schema with the checks that need more than the domain knows: time zones, names, expressions. */
export const checkedPolicy = policy.check(({ value, issues }) => {
  for (const { path, message } of [...zoneFlaws(value), ...nameFlaws(value), ...ruleFlaws(value)]) {
    issues.push({ code: 'custom', path: [...path], message, input: value });
  }
});

function zoneFlaws({ freezes, timeZone: own }: Raw): Flaw[] {
  const zones = [
    { timeZone: own, path: ['timeZone'] },
    ...freezes.map(({ timeZone }, index) => ({ timeZone, path: ['freezes', index, 'timeZone'] })),
  ];
  return zones.flatMap(({ timeZone, path }) =>
    isTimeZone(timeZone)
      ? []
      : [
          {
            path,
            message: `"${timeZone}" is no time zone known here; write an IANA name such as Europe/Berlin`,
          },
        ],
  );
}

function ruleFlaws({ hardRules, rules }: Raw): Flaw[] {
  return Object.entries({ hardRules, rules }).flatMap(([list, all]) =>
    all.flatMap(({ when }, index) => {
      const message = expressionFlaw(when);
      return message === undefined ? [] : [{ path: [list, index, 'when'], message }];
    }),
  );
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Environments that are named and are none. */
function nameFlaws({ freezes, channels, environments: all }: Raw): Flaw[] {
  const known = Object.keys(all);
  const named = Object.entries({ freezes, channels }).flatMap(([list, entries]) =>
    entries.map(({ environments = [] }, index) => ({ list, index, environments })),
  );
  return named.flatMap(({ list, index, environments }) =>
    environments.flatMap((name, at) => {
      if (known.includes(name)) return [];
      const nearest = nearestWord(name, known);
      const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
      const message = `there is no environment "${name}"${hint}`;
      return [{ path: [list, index, 'environments', at], message }];
    }),
  );
}
