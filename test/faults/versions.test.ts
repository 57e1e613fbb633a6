import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { administer } from '../support/cluster.ts';
import { cloneDatabase } from '../support/database.ts';
import { startReplica } from './child.ts';
import { type FaultScenario, openFaultScenario } from './fault-scenario.ts';
import { violations } from './invariants.ts';
import { readRemediations } from './ledger.ts';
import { decideUntilOver } from './people.ts';

/*
 * The version before this one, from git, and this one side by side on one database, each coming to what the other has begun. It
 * needs the whole history: a clone without that commit fails, and says so.
 */

/** With the same packages, and migrations of its own up to 0026. Moved on with every release. */
const before = 'b4e56c7';

const project = resolve(import.meta.dirname, '../..');
const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: project, encoding: 'utf8' });

let folder: string;
let old: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-before-'));
  old = join(folder, 'project');
  try {
    git('worktree', 'add', '--quiet', '--detach', old, before);
  } catch (cause) {
    throw new Error(`This clone has no commit ${before}: fetch the whole history (git fetch --unshallow).`, {
      cause,
    });
  }
  symlinkSync(join(project, 'node_modules'), join(old, 'node_modules'));
});
afterAll(() => {
  git('worktree', 'remove', '--force', old);
  rmSync(folder, { recursive: true, force: true });
});

/** A database with nothing in it: whoever comes first brings its schema. */
async function empty() {
  const database = await cloneDatabase();
  const sql = ['drop schema public cascade', 'create schema public', 'drop schema pgboss cascade'];
  await administer(database.url, sql);
  return database;
}

const startOld = ({ site }: FaultScenario) => startReplica(site, join(old, 'test/faults/replica.ts'));

/** People ask for one of each: what runs by itself, what one decides, what two do. */
async function ask({ slack }: FaultScenario, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await slack.slash(
      'U0ALICE',
      `rollout restart deployment/${name} -n ${name === 'ledger' ? 'payments' : 'shop'}`,
    );
  }
}

async function untilKnown({ knex }: FaultScenario, count: number): Promise<void> {
  while ((await readRemediations(knex)).length < count) await new Promise((later) => setTimeout(later, 50));
}

async function expectAllOver(scenario: FaultScenario, count: number): Promise<void> {
  await decideUntilOver(scenario, ['U0BOB', 'U0CAROL']);
  const rows = await readRemediations(scenario.knex);
  expect(rows.map(({ state }) => state)).toEqual(Array.from({ length: count }, () => 'succeeded'));
  expect(await violations(scenario)).toEqual([]);
}

test.each(['the old version comes first', 'the new version comes first'] as const)(
  '%s: the other joins, both work, and each goes on with what the other began',
  async (order) => {
    const scenario = await openFaultScenario({ database: await empty() });
    try {
      const startNew = () => startReplica(scenario.site);
      const [first, second] = order.startsWith('the old')
        ? [() => startOld(scenario), startNew]
        : [startNew, () => startOld(scenario)];
      const one = await first();
      await ask(scenario, ['web', 'ledger']);
      await untilKnown(scenario, 2);
      const other = await second();
      await expectAllOver(scenario, 2);
      await ask(scenario, ['web', 'ledger']);
      await untilKnown(scenario, 4);
      // What the first has begun the second ends alone.
      await one.terminate();
      await expectAllOver(scenario, 4);
      await other.terminate();
    } finally {
      await scenario.close();
    }
  },
);
