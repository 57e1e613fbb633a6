import { parseArgs } from 'node:util';
import { findCounted } from '../adapters/postgres/insight/counted.ts';
import { statisticsOf } from '../domain/insight/statistics.ts';
import { statisticsText } from '../stages/show/statistics-text.ts';
import { withDatabase } from './database.ts';
import { placeOptions } from './judging.ts';
import { sinceOption } from './since.ts';
import type { Verb } from './verb.ts';

const usage = `  stats [--since TIME] [-n NAMESPACE] [--context CLUSTER] [--playbook NAME]
        [--sandbox [--folder DIR]] [--json]
      Prints what was done in numbers: how long cards, approvals and verdicts took (p50, p95), what became of each action and
      playbook, what lasted, how each tier was decided, and what waits. --since is a time such as 36h, 7d, 4w or
      2026-03-01; 7d unless told. Without --context the clusters are counted together. Changes nothing.
`;

export const statsVerb: Verb = { usage, run: statsCommand };

const options = {
  ...placeOptions,
  since: { type: 'string' },
  namespace: { type: 'string', short: 'n' },
  context: { type: 'string' },
  playbook: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `firebreak stats`; resolves to the exit code. */
async function statsCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options });
  const { namespace, playbook, context: cluster } = values;
  const since = sinceOption(values.since ?? '7d') ?? '';
  const now = new Date().toISOString();
  const { counted, isCut } = await withDatabase(values, (knex) =>
    findCounted(knex, { since, now, namespace, cluster, playbook }),
  );
  const statistics = statisticsOf(counted);
  if (values.json === true) process.stdout.write(`${JSON.stringify({ since, isCut, ...statistics })}\n`);
  else process.stdout.write(`${statisticsText(statistics, new Map()).join('\n')}\n`);
  if (isCut) process.stderr.write('firebreak stats: these are the newest; there are more.\n');
  return 0;
}
