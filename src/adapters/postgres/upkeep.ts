import type { Policy } from '../../domain/policy/policy.ts';
import type { Clock, Log, Sha256 } from '../../workflow/ports.ts';
import { writeAnchors } from './audit/anchor-file.ts';
import { dropAnchor } from './audit/anchors.ts';
import { verifyPatiently } from './audit/audit.ts';
import { stopItself } from './brakes/itself.ts';
import { watchStorm } from './brakes/storms.ts';
import { type Telling, tellAwaiting } from './jobs/awaiting-told.ts';
import { prune } from './retention/retention.ts';

/** What is old is looked for this often. Milliseconds. */
const pruneEvery = 600_000;

/** Whether the chain's head is to be noted again is asked this often. Milliseconds. */
const anchorEvery = 60_000;

/** Whether a storm is over, and what waits for a cluster that does not answer, is asked this often. Milliseconds. */
const watchEvery = 15_000;

/** The whole chain is checked this often, for the first time a minute after the start. Milliseconds. */
const verifyEvery = 3_600_000;
const firstVerify = 60_000;

/** One statement of that check reads millions of lines in this time. A way that is cut is noticed after it. Milliseconds. */
const verifyEach = 300_000;

export interface UpkeepOptions extends Telling {
  readonly sha256: Sha256;
  readonly policy: () => Policy;
  /** That of the database: by the clock of a machine that is years ahead everything would be old, and be deleted. */
  readonly clock: Clock;
  readonly log: Log;
  /** Where the heads of the audit chain are written besides the channel. */
  readonly anchorFile?: string | undefined;
}

/** Sees to what grows with time, now and then, in the background; answers how to end that. */
export function startUpkeep(options: UpkeepOptions): () => Promise<void> {
  const ending = new AbortController();
  const ends = [
    every(pruneEvery, () => retain(options, ending.signal), options.log),
    every(anchorEvery, () => anchor(options), options.log),
    every(watchEvery, () => watchStorm(options, options.policy().storm), options.log),
    every(watchEvery, () => tellAwaiting(options, options.clock()), options.log),
    every(verifyEvery, () => verify(options, ending.signal), options.log),
    once(firstVerify, () => verify(options, ending.signal), options.log),
  ];
  return async () => {
    ending.abort();
    await Promise.all(ends.map((end) => end()));
  };
}

/** Runs `work` again and again, never twice at a time; a fault is told, and the next turn tries anew. */
function every(milliseconds: number, work: () => Promise<void>, log: Log): () => Promise<void> {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= work()
      .catch((err) => log.warn({ err }, 'upkeep of the database failed; it is tried again'))
      .finally(() => {
        running = undefined;
      });
  }, milliseconds);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** Runs `work` once after so long, unless that is ended before. */
function once(milliseconds: number, work: () => Promise<void>, log: Log): () => Promise<void> {
  let running: Promise<void> | undefined;
  const timer = setTimeout(() => {
    running = work().catch((err) => log.warn({ err }, 'upkeep of the database failed; it is tried again'));
  }, milliseconds);
  return async () => {
    clearTimeout(timer);
    await running;
  };
}

/** A chain that does not hold together cannot say any more who approved what: nothing is written to a cluster then. */
async function verify(options: UpkeepOptions, signal: AbortSignal): Promise<void> {
  const { knex, sha256 } = options;
  const verified = await verifyPatiently(knex, { sha256, each: verifyEach, signal }).catch(
    (fault: unknown) => {
      if (signal.aborted) return undefined;
      throw fault;
    },
  );
  if (verified === undefined || verified.kind === 'intact') return;
  await stopFor(options, `The audit chain does not verify: line ${verified.seq}: ${verified.sentence}`);
}

async function stopFor(options: UpkeepOptions, reason: string): Promise<void> {
  const at = options.clock();
  const { fresh } = await stopItself(options, { at, reason });
  options.log.error({ fresh }, `${reason}. Run "firebreak audit verify"`);
}

async function retain(
  { knex, sha256, policy, clock, log }: UpkeepOptions,
  signal: AbortSignal,
): Promise<void> {
  const { retention } = policy();
  const onLeft = (tables: readonly string[]) =>
    log.info({ tables }, 'Not all of what was over for long was deleted in this run; the next goes on');
  const deleted = await prune({ knex, sha256, retention, now: clock(), signal, onLeft });
  if (Object.keys(deleted).length > 0) log.info({ deleted }, 'What was over for long was deleted');
}

async function anchor(options: UpkeepOptions): Promise<void> {
  const { policy, anchorFile, clock, knex, log } = options;
  await dropAnchor({ ...options, now: clock(), every: policy().auditAnchors });
  if (anchorFile === undefined || (await writeAnchors(knex, anchorFile)) === 'written') return;
  log.error({ file: anchorFile }, 'Run "firebreak audit verify --anchors" with the anchor file');
  await stopFor(
    options,
    'The audit chain is not what the last line of its anchor file says: lines were cut off or written anew',
  );
}
