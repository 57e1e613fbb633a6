import { parseArgs } from 'node:util';
import type { Knex } from 'knex';
import { alertsSince, type StoredAlert } from '../../adapters/postgres/incidents/stored-alerts.ts';
import { alertName } from '../../domain/incidents/incident.ts';
import type { Playbook } from '../../domain/incidents/playbook.ts';
import { targetOf } from '../../stages/intake/alert-target.ts';
import { matchPlaybook } from '../../stages/intake/match.ts';
import { withDatabase } from '../database.ts';
import { printable } from '../explain.ts';
import { placeOptions } from '../judging.ts';
import { sinceOption } from '../since.ts';
import { choosePlaybooks } from './chosen.ts';

export const playbookTestUsage = `  playbook test [--playbooks FOLDER] [--since 90d] [--sandbox [--folder DIR]] [--json]
      Tries the playbooks on every stored incident of that time: which alerts each would match, which match none, which name
      no object, and where that differs from what was proposed then. Looks at no cluster and changes nothing.
`;

/** What playbooks would have made of what was reported. */
interface PlaybookTrial {
  readonly incidents: number;
  readonly playbooks: readonly { readonly playbook: string; readonly incidents: number }[];
  readonly withoutPlaybook: Readonly<Record<string, number>>;
  /** Alerts that match and name no object that an action exists for, with the reason. */
  readonly withoutObject: Readonly<Record<string, number>>;
  readonly differing: readonly {
    readonly alert: string;
    readonly was: string;
    readonly is: string;
    readonly incidents: number;
  }[];
}

/** `firebreak playbook test`; resolves to the exit code. */
export async function playbookTest(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...placeOptions,
      playbooks: { type: 'string' },
      since: { type: 'string', default: '90d' },
      json: { type: 'boolean' },
    },
  });
  const playbooks = choosePlaybooks(values);
  const since = sinceOption(values.since) ?? '';
  const trial = await withDatabase(values, (knex) => trialOf(knex, playbooks, since));
  process.stdout.write(values.json === true ? `${JSON.stringify(trial, null, 2)}\n` : told(trial));
  return 0;
}

async function trialOf(knex: Knex, playbooks: readonly Playbook[], since: string): Promise<PlaybookTrial> {
  const counts = new Map(playbooks.map(({ name }) => [name, 0]));
  const [without, objectless, differing] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  let incidents = 0;
  for await (const stored of alertsSince(knex, since)) {
    incidents += 1;
    const { alert } = stored;
    const chosen = matchPlaybook(alert, playbooks);
    if (chosen === undefined) more(without, alertName(alert));
    else {
      more(counts, chosen.name);
      const target = targetOf(alert);
      if (target.kind === 'none') more(objectless, `${alertName(alert)}: ${target.reason}`);
    }
    const change = changeOf(stored, chosen);
    if (change !== undefined) more(differing, change);
  }
  return {
    incidents,
    playbooks: [...counts].map(([playbook, count]) => ({ playbook, incidents: count })),
    withoutPlaybook: Object.fromEntries(without),
    withoutObject: Object.fromEntries(objectless),
    differing: [...differing].map(([key, count]) => ({ ...changed(key), incidents: count })),
  };
}

const more = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

const separator = '\n';

/** What was proposed then by another playbook. */
function changeOf({ alert, playbook: was }: StoredAlert, is: Playbook | undefined): string | undefined {
  if (was === undefined || was === is?.name) return undefined;
  return [alertName(alert).replaceAll(separator, ' '), was, is?.name ?? 'none'].join(separator);
}

function changed(key: string): { alert: string; was: string; is: string } {
  const [alert = '', was = '', is = ''] = key.split(separator);
  return { alert, was, is };
}

function told({ incidents, playbooks, withoutPlaybook, withoutObject, differing }: PlaybookTrial): string {
  if (incidents === 0) return 'No alert was stored in that time; --since looks further back.\n';
  const lines = [
    `${incidents} ${incidents === 1 ? 'incident' : 'incidents'} tried.`,
    ...playbooks.map(
      ({ playbook, incidents: count }) => `${playbook}: ${count === 0 ? 'never matches' : count}`,
    ),
    ...Object.entries(withoutPlaybook).map(([alert, count]) => `No playbook: ${alert}: ${count}`),
    ...Object.entries(withoutObject).map(([alert, count]) => `No object: ${alert} (${count})`),
    ...differing.map(
      ({ alert, was, is, incidents: count }) =>
        `Otherwise than then: ${alert}: was ${was}, now ${is}: ${count}`,
    ),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}
