import { z } from 'zod';
import { joinedPath } from '../../../domain/manifest/path.ts';
import { parseDocuments } from '../edit/documents.ts';
import { type Files, folderOf } from '../files.ts';

const dependency = z.object({
  name: z.string(),
  alias: z.string().nullish(),
  repository: z.string().nullish(),
});
const content = z.object({ dependencies: z.array(z.unknown()).nullish() });

type Dependency = z.infer<typeof dependency>;

/**
 * The chart that takes in the one whose own values a file has: what that says under the name of the chart goes over them
 * (helm.sh, "Subcharts and Global Values").
 */
export function parentOf(files: Files, file: string): { chart: string; as: string } | undefined {
  const folder = folderOf(file);
  if (file !== joinedPath(folder, 'values.yaml') || !files.has(joinedPath(folder, 'Chart.yaml') ?? ''))
    return undefined;
  for (const chart of files.keys()) {
    if (!/(^|\/)Chart\.yaml$/.test(chart)) continue;
    const as = nameIn(files, chart, folder);
    if (as !== undefined) return { chart, as };
  }
  return undefined;
}

/** What a chart takes another one in by: as one of its own, or from a folder that it names. */
function nameIn(files: Files, chart: string, folder: string): string | undefined {
  const above = folderOf(chart);
  const inside = joinedPath(above, 'charts') ?? '';
  const own = folderOf(folder) === inside ? folder.slice(inside.length + 1) : undefined;
  if (own === undefined && files.get(chart)?.includes('file://') !== true) return undefined;
  const from = ({ repository }: Dependency) =>
    repository?.startsWith('file://') ? joinedPath(above, repository.slice('file://'.length)) : undefined;
  const found = dependenciesOf(files, chart).find((each) => each.name === own || from(each) === folder);
  return found === undefined ? own : found.alias || found.name;
}

/** Why a chart does not read a key: under the name of a chart that it takes in by another one. */
export function unreadBy(files: Files, chart: string | undefined, key: string): string | undefined {
  if (chart === undefined) return undefined;
  const [first = ''] = key.split('.');
  const all = dependenciesOf(files, chart);
  const renamed = all.find(({ name, alias }) => name === first && alias);
  return renamed === undefined || all.some(({ name, alias }) => (alias || name) === first)
    ? undefined
    : `${chart} takes in ${first} as ${renamed.alias}, under which its values stand`;
}

function dependenciesOf(files: Files, chart: string): Dependency[] {
  const parsed = parseDocuments(files.get(chart) ?? '', '1.1');
  if (parsed.kind === 'refused') return [];
  const { dependencies } = content.safeParse(parsed.documents[0]?.toJS()).data ?? {};
  return (dependencies ?? []).flatMap((each) => dependency.safeParse(each).data ?? []);
}

/** The keys that go over one for a chart that is taken in: what is said for all charts, nearer to the top. */
export function globalsOver(key: string): string[] {
  const steps = key.split('.');
  const at = steps.indexOf('global', 1);
  return at < 0
    ? []
    : Array.from({ length: at }, (_, depth) => [...steps.slice(0, depth), ...steps.slice(at)].join('.'));
}
