import { type Exported, faultOf } from '../../domain/insight/exported.ts';
import { asJson } from '../../domain/text/json.ts';
import { after } from '../../domain/text/time.ts';
import { faultSentence } from '../context.ts';
import type { Clock, Log } from '../ports.ts';
import { type ExportFolder, exportFinetune } from './export.ts';
import type { Past } from './insight-port.ts';
import type { Ran, Routine } from './routine.ts';

const day = 86_400;
const week = 7 * day;

/** Seconds until an export that could not be written is tried again. */
const patience = 3600;

export interface WeeklyExportOptions {
  readonly past: Past;
  readonly clock: Clock;
  readonly log: Log;
  /** Where exports go; undefined: they are only counted. Each gets a folder of its own in it. */
  readonly folder: string | undefined;
  /** Opens the folder of one export, by the day on which it is made. */
  readonly open: (name: string) => Promise<ExportFolder>;
}

/** The export that is made every seven days by itself, and says so where there is nothing in it. */
export function weeklyExport(options: WeeklyExportOptions): Routine {
  return {
    name: 'export',
    everySeconds: week,
    firstAfterSeconds: week,
    run: (_last, signal) => runExport(options, signal),
  };
}

async function runExport(options: WeeklyExportOptions, signal: AbortSignal): Promise<Ran> {
  const { clock, log } = options;
  const at = clock();
  const exported = await attempt(options, at, signal);
  const wrong = faultOf(exported);
  const result = asJson(exported);
  if (wrong === undefined) {
    log.info({ ...exported }, 'What was learned was exported');
    return { result, lines: [] };
  }
  log.error({ ...exported }, wrong);
  const line = {
    key: `export:${at.slice(0, 10)}:${exported.failure === null ? 'empty' : 'failed'}`,
    headline: wrong,
  };
  return { result, lines: [line], ...(exported.failure === null ? {} : { again: patience }) };
}

async function attempt(
  { past, folder, open }: WeeklyExportOptions,
  at: string,
  signal: AbortSignal,
): Promise<Exported> {
  const until = after(at, -past.lastingHours * 3600);
  const since = after(until, -week);
  const counted = {
    at,
    recent: sum(await past.examplesByDay({ since, now: at })),
    executions: await past.executions({ since, until }),
    folder: folder ?? null,
  };
  try {
    const into = folder === undefined ? nowhere : await open(`finetune-${at.slice(0, 10)}`);
    const { examples, empty } = await exportFinetune(past, { since: undefined, now: at }, into, signal);
    return { ...counted, examples, empty: empty ?? null, failure: null };
  } catch (fault) {
    signal.throwIfAborted();
    return { ...counted, examples: 0, empty: null, failure: faultSentence(fault) };
  }
}

const sum = (days: readonly { readonly count: number }[]): number =>
  days.reduce((all, { count }) => all + count, 0);

const ignore = async (): Promise<void> => undefined;

/** Counts as any other, and keeps nothing. */
const nowhere: ExportFolder = { write: ignore, sha256: () => '', finish: ignore, discard: ignore };
