import { failStatements } from '../chaos/statement-faults.ts';

/*
 * Loaded before anything else of a process, by run-failing.ts: from now on a share of its statements fails. What a test itself
 * asks, outside of any transaction, is spared, and so is what brings the schema up to date before anything can be tested.
 */
const [share = 0, seed = 1] = (process.env['FIREBREAK_FAILING'] ?? '').split('/').map(Number);

/** A replica's own pools; `firebreak` alone is the pool of the tests of the storage. */
const isReplica = (name: string): boolean => /^firebreak-/.test(name);

const isPreparation = (text: string): boolean =>
  /(migrations|\bpgboss\.version|pgboss\.queue|create (schema|table|index|unique|database)|alter table|pg_advisory_lock)\b/i.test(
    text,
  );

failStatements(share, seed + process.pid, ({ name, text, isInTransaction }) => {
  if (isPreparation(text)) return true;
  return !isReplica(name) && !(name === 'firebreak' && isInTransaction);
});
