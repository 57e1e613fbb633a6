import type { InsightStanding } from '../../adapters/postgres/insight/insight-standing.ts';
import { type BlindSpotKind, blindSpotKinds, blindSpots } from '../../domain/insight/blind-spot.ts';
import { about, type Finding } from './finding.ts';

const watch = about('Blind spots');
const exports = about('Export');

/** A look comes every hour, an export every seven days. Seconds. */
const lateWatch = 3 * 3600;
const lateExport = 8 * 86_400;

/** What is said of the chain; a table of cases in test/cli/doctor.test.ts. */
export function insightFindings(standing: InsightStanding, folder: string | undefined): readonly Finding[] {
  return [...watchFindings(standing), ...exportFindings(standing, folder)];
}

function watchFindings({ watchSeconds, blindSpots: counts }: InsightStanding): readonly Finding[] {
  if (watchSeconds === undefined)
    return [watch.doubtful('Nobody has looked for them yet.', 'A replica does so when it starts.')];
  if (watchSeconds > lateWatch)
    return [
      watch.wrong(
        `Nobody has looked for them for ${Math.floor(watchSeconds / 3600)} hours.`,
        'Look at the log of the replicas for "routine".',
      ),
    ];
  const found = blindSpotKinds.flatMap((kind) => spotsOf(kind, counts[kind] ?? 0));
  return found.length === 0 ? [watch.right('Every link from alert to lesson holds.')] : found;
}

function spotsOf(kind: BlindSpotKind, count: number): readonly Finding[] {
  const { means, cure } = blindSpots[kind];
  return count === 0 ? [] : [watch.doubtful(`${kind} (${count}): ${means}`, cure)];
}

function exportFindings(
  { exportSeconds, exportExamples }: InsightStanding,
  folder: string | undefined,
): readonly Finding[] {
  const nowhere =
    folder === undefined
      ? [exports.doubtful('What is learned is exported nowhere.', 'Set FIREBREAK_EXPORT_DIR to a folder.')]
      : [];
  if (exportSeconds === undefined) return nowhere;
  if (exportSeconds > lateExport)
    return [
      ...nowhere,
      exports.wrong(
        `The last was ${Math.floor(exportSeconds / 86_400)} days ago.`,
        'Look at the log of the replicas for "routine".',
      ),
    ];
  return [
    ...nowhere,
    exportExamples === 0
      ? exports.wrong('The last has no examples.', 'Run: firebreak export finetune. The data card says why.')
      : exports.right(`The last has ${exportExamples ?? 'an unknown number of'} examples.`),
  ];
}
