import type { z } from 'zod';
import { elsewhere } from '../domain/policy/environment.ts';
import { withinCluster } from '../domain/policy/in-cluster.ts';
import { builtInSources } from '../domain/policy/json-alerts.ts';
import { policy } from '../domain/policy/policy.ts';
import { nearestWord } from '../domain/text/nearest.ts';
import type { Flaw } from './flaw.ts';
import { gitOpsFlaws } from './git-ops-flaws.ts';
import { expressionFlaw } from './rules.ts';
import { twiceFlaws } from './twice.ts';

type Raw = z.infer<typeof policy>;

/** The policy's schema with the checks that need more than the domain knows: time zones, names, expressions. */
export const checkedPolicy = policy.check(({ value, issues }) => {
  const finders = [
    zoneFlaws,
    nameFlaws,
    trustFlaws,
    sourceFlaws,
    ruleFlaws,
    ({ hardRules, rules }: Raw) => twiceFlaws({ hardRules, rules }, 'rules'),
    clusterFlaws,
    ({ gitOps }: Raw) => gitOpsFlaws(gitOps),
  ];
  const flaws = finders.flatMap((find) => find(value));
  for (const { path, message, first } of flaws) {
    const params = first === undefined ? {} : { params: { first } };
    issues.push({ code: 'custom', path: [...path], message, input: value, ...params });
  }
});

function zoneFlaws({ freezes, clusters, timeZone: own }: Raw): Flaw[] {
  const zones = [
    { timeZone: own, path: ['timeZone'] },
    ...freezes.map(({ timeZone }, index) => ({ timeZone, path: ['freezes', index, 'timeZone'] })),
    ...Object.entries(clusters).flatMap(([name, each]) =>
      (each.freezes ?? []).map(({ timeZone }, index) => ({
        timeZone,
        path: ['clusters', name, 'freezes', index, 'timeZone'],
      })),
    ),
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
function nameFlaws({ freezes, channels, annotatedApprovers, clusters, environments: all }: Raw): Flaw[] {
  const known = Object.keys(all);
  const lists = [
    { list: ['freezes'], entries: freezes },
    { list: ['channels'], entries: channels },
    { list: ['annotatedApprovers'], entries: annotatedApprovers },
    ...Object.entries(clusters).map(([name, each]) => ({
      list: ['clusters', name, 'freezes'],
      entries: each.freezes ?? [],
    })),
  ];
  const named = lists.flatMap(({ list, entries }) =>
    entries.map(({ environments = [] }, index) => ({ list, index, environments })),
  );
  return named.flatMap(({ list, index, environments }) =>
    environments.flatMap((name, at) => {
      if (known.includes(name)) return [];
      const nearest = nearestWord(name, known);
      const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
      const message = `there is no environment "${name}"${hint}`;
      return [{ path: [...list, index, 'environments', at], message }];
    }),
  );
}

/** Environments that a playbook was to run by itself in, and that are none: it would go on asking there. */
function trustFlaws({ trust, environments }: Raw): Flaw[] {
  const known = [...Object.keys(environments), ...Object.values(elsewhere)];
  return (trust?.alone ?? []).flatMap(({ environment }, index) => {
    const { name } = withinCluster(environment);
    if (known.includes(name)) return [];
    const message = `there is no environment "${name}"; ${meant(name, known)}`;
    return [{ path: ['trust', 'alone', index, 'environment'], message }];
  });
}

/** Sources of alerts that nothing sends: a cluster would wait for their alerts for ever. */
function sourceFlaws({ clusters, jsonAlerts = {} }: Raw): Flaw[] {
  const known = [...builtInSources, ...Object.keys(jsonAlerts).map((format) => `json-${format}`)];
  return Object.entries(clusters).flatMap(([cluster, { alerts }]) =>
    alerts.sources.flatMap((name, index) => {
      if (known.includes(name)) return [];
      const message = `there is no source of alerts "${name}"; ${meant(name, known)}`;
      return [{ path: ['clusters', cluster, 'alerts', 'sources', index], message }];
    }),
  );
}

function meant(name: string, known: readonly string[]): string {
  const nearest = nearestWord(name, known);
  return nearest === undefined ? `there are ${known.join(', ')}` : `did you mean "${nearest}"?`;
}

/** What two clusters lay claim to: then nobody could say which is meant. */
function clusterFlaws({ clusters }: Raw): Flaw[] {
  const owners = new Map<string, string>(Object.keys(clusters).map((name) => [`labels ${name}`, name]));
  return Object.entries(clusters).flatMap(([name, { channels, alerts }]) => {
    const lists: [(string | number)[], string, readonly string[]][] = [
      [['channels'], 'channels', channels],
      [['alerts', 'labels'], 'labels', alerts.labels],
      [['alerts', 'sources'], 'sources', alerts.sources],
    ];
    return lists.flatMap(([path, what, values]) =>
      values.flatMap((value, index): Flaw[] => {
        const before = owners.get(`${what} ${value}`);
        owners.set(`${what} ${value}`, before ?? name);
        if (before === undefined || before === name) return [];
        const message = `"${value}" is of the cluster ${before} already; it can mean one cluster`;
        return [{ path: ['clusters', name, ...path, index], message }];
      }),
    );
  });
}

/** Clusters of which a policy says something and that are not there, a sentence each: what it says would hold nowhere. */
export function strangeClusters(
  {
    clusters,
    channels,
    annotatedApprovers,
    gitOps,
  }: Pick<Raw, 'clusters' | 'channels' | 'annotatedApprovers' | 'gitOps'>,
  names: readonly string[],
): readonly string[] {
  const rest = [
    ...Object.keys(clusters).map((name) => ({ at: `clusters.${name}`, name })),
    ...channels.flatMap(({ clusters: named = [] }, index) =>
      named.map((name, nth) => ({ at: `channels.${index}.clusters.${nth}`, name })),
    ),
  ];
  const strange = strangeIn([...rest, ...keptToOne({ annotatedApprovers, gitOps })], names);
  return strange.map(({ at, name }) => {
    const nearest = nearestWord(name, names);
    const hint = nearest === undefined ? `there are ${names.join(', ')}` : `did you mean "${nearest}"?`;
    return `${at}: there is no cluster "${name}"; ${hint}`;
  });
}

/**
 * What is kept to a cluster that is not there, where there is one alone: whoever names one in an entry means it to hold, and it
 * would match nothing. Of others that the policy says something of, as one that several Firebreaks share, nothing is said.
 */
export function strangeToOne(
  policy: Pick<Raw, 'annotatedApprovers' | 'gitOps'>,
  own: string,
): readonly string[] {
  return strangeIn(keptToOne(policy), [own]).map(
    ({ at, name }) =>
      `${at}: there is no cluster "${name}"; the one that is here is called "${own}", and needs no name`,
  );
}

interface Said {
  readonly at: string;
  readonly name: string | undefined;
}

const strangeIn = (said: readonly Said[], names: readonly string[]) =>
  said.flatMap(({ at, name }) => (name === undefined || names.includes(name) ? [] : [{ at, name }]));

/** Entries that say in which cluster they hold. */
function keptToOne({
  annotatedApprovers,
  gitOps,
}: Pick<Raw, 'annotatedApprovers' | 'gitOps'>): readonly Said[] {
  return [
    ...annotatedApprovers.map(({ cluster: name }, index) => ({
      at: `annotatedApprovers.${index}.cluster`,
      name,
    })),
    ...gitOps.repositories.map(({ match: { cluster: name } }, index) => ({
      at: `gitOps.repositories.${index}.match.cluster`,
      name,
    })),
  ];
}
