import { failStatements } from '../chaos/statement-faults.ts';

/*
 * Loaded before anything else of a process, by run-failing.ts: from now on a share of the statements of its replicas fails. What
 * brings the schema up to date is spared: where that is cut off a replica ends with one sentence and is started again.
 */
const [share = 0, seed = 1] = (process.env['FIREBREAK_FAILING'] ?? '').split('/').map(Number);

/** All pools and connections of a replica but the one that migrates. */
const isReplica = (name: string): boolean => /^firebreak-/.test(name);

const isPreparation = (text: string): boolean =>
  /\bpgboss\.(version|queue|create_queue)\b|pg_advisory_lock/i.test(text);

failStatements(share, seed + process.pid, ({ name, text }) => !isReplica(name) || isPreparation(text));
