import { hash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { connect, waitForDatabase } from '../adapters/postgres/connect.ts';
import { grantsFor, isRoleName } from '../adapters/postgres/grants.ts';
import { createQueue } from '../adapters/postgres/jobs/queue.ts';
import { migrate } from '../adapters/postgres/migrate.ts';
import { processEnvironment } from '../config.ts';
import { ConfigFault } from '../config-fault.ts';
import { silent } from './database.ts';
import type { Verb } from './verb.ts';

const usage = `  schema migrate [--grant-to ROLE [--audit-days DAYS]]
      Brings the schema of DATABASE_URL up to date, as its owner; with --grant-to it then gives a role what Firebreak needs
      to run: everything but to change or delete the audit chain, or to change the schema.
  schema grants ROLE [--audit-days DAYS]
      Prints the statements that do so, for psql. --audit-days is the least age at which lines of the chain may go: the
      policy's retention.audit.
`;

export const schemaVerb: Verb = { usage, run: schemaCommand };

const options = { 'grant-to': { type: 'string' }, 'audit-days': { type: 'string' } } as const;

/** `firebreak schema`; resolves to the exit code: 2 for what is not how it is used. */
async function schemaCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [what, named, ...more] = positionals;
  const role = what === 'grants' ? named : values['grant-to'];
  const days = values['audit-days'];
  if (days !== undefined && !/^\d{2,5}$/.test(days)) return misused('--audit-days must be a number of days');
  if (role !== undefined && !isRoleName(role))
    return misused('a role is named by small letters, digits, _ and -');
  const grants = role === undefined ? [] : grantsFor(role, days === undefined ? undefined : Number(days));
  if (more.length > 0) return misused('there is a word too many');
  if (what === 'grants' && role !== undefined) {
    process.stdout.write(grants.map((each) => `${each};\n`).join(''));
    return 0;
  }
  if (what !== 'migrate' || named !== undefined) return misused('give migrate, or grants and a role');
  await bringUpToDate(grants);
  return 0;
}

function misused(sentence: string): number {
  process.stderr.write(`firebreak schema: ${sentence}.\n${usage}`);
  return 2;
}

/** As the owner: both schemas, and then the rights of who runs it. */
async function bringUpToDate(grants: readonly string[]): Promise<void> {
  const url = processEnvironment()['DATABASE_URL'] ?? '';
  if (url === '')
    throw new ConfigFault(['DATABASE_URL must be set to the database, with the user who owns its schema.']);
  await waitForDatabase(url, 60);
  const knex = connect(url, 2, { isPatient: () => true });
  const queue = createQueue({ url, sha256: (text) => hash('sha256', text), log: silent });
  try {
    const ran = await migrate(knex);
    await queue.start();
    await queue.stop();
    for (const each of grants) await knex.raw(each);
    const last = ran.at(-1);
    process.stdout.write(
      last === undefined ? 'The schema was up to date.\n' : `${ran.length} migrations, up to ${last}.\n`,
    );
  } finally {
    await knex.destroy();
  }
}
