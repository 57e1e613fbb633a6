import { z } from 'zod';
import type { LastingField } from '../../../domain/manifest/lasting.ts';
import { joinedPath } from '../../../domain/manifest/path.ts';
import { parseDocuments } from '../edit/documents.ts';
import { isFields } from '../edit/objects.ts';
import { type Files, folderOf } from '../files.ts';
import {
  type Kustomization,
  kustomizationNames,
  kustomizationOf,
  kustomizedFolders,
} from '../kustomize/kustomization.ts';
import { isImage } from '../kustomize/trace.ts';

/** Files of values that a kustomization gives to a chart besides one, weakest first; its own text of values is among `files`. */
interface Inflation {
  readonly files: Files;
  readonly under: readonly string[];
  readonly over: readonly string[];
}

/**
 * What the kustomization that gives a file of values to a chart has besides it
 * (kustomize api/internal/builtins/HelmChartInflationGenerator.go): other values, and whatever writes the field once the chart
 * is rendered, which is a reason to leave it alone. Undefined where no kustomization takes the file.
 */
export function inflationOf(
  files: Files,
  file: string,
  field: LastingField,
): Inflation | { readonly reason: string } | undefined {
  const folders = kustomizedFolders(files);
  const withCharts = read(
    files,
    folders.filter((folder) => mayHaveCharts(files, folder)),
  );
  const charts = withCharts.flatMap((by) =>
    chartsOf(files, by).map((each) => ({ by, ...layersOf(each, by) })),
  );
  const [chart, second] = charts.filter(({ layers, unread }) => [...layers, unread].includes(file));
  const [beside] = charts.filter(({ by }) => by.folder === folderOf(file));
  if (chart === undefined)
    return beside && { reason: `${beside.by.file} does not give ${file} to the chart ${beside.name}` };
  const { by, layers, inline } = chart;
  if (second !== undefined) return { reason: `${by.file} and ${second.by.file} give ${file} to a chart` };
  if (chart.unread === file) return { reason: `${by.file} has valuesInline in the place of ${file}` };
  const way = wayOf(read(files, folders), by);
  if ('reason' in way) return way;
  for (const each of way.kustomizations) {
    const writer = writerOf(each, field);
    if (writer !== undefined)
      return { reason: `${each.file} has ${writer}, which may write it once the chart is rendered` };
  }
  const at = layers.lastIndexOf(file);
  const text = [inlineOf(by), JSON.stringify(inline)] as const;
  return {
    files: new Map([...files, text]),
    under: layers.slice(0, at).filter((each) => each !== file),
    over: layers.slice(at + 1),
  };
}

function read(files: Files, folders: readonly string[]): Kustomization[] {
  return folders.flatMap((folder) => {
    const found = kustomizationOf(files, folder);
    return found.kind === 'kustomization' ? [found.kustomization] : [];
  });
}

/** Reading takes milliseconds, and a repository may have thousands. */
const mayHaveCharts = (files: Files, folder: string): boolean =>
  kustomizationNames.some((name) =>
    /helmChart|generators/.test(files.get(joinedPath(folder, name) ?? name) ?? ''),
  );

const chart = z.object({
  name: z.string().default(''),
  version: z.string().default(''),
  repo: z.string().default(''),
  valuesFile: z.string().default(''),
  additionalValuesFiles: z.array(z.string()).default([]),
  valuesInline: z.record(z.string(), z.unknown()).default({}),
  valuesMerge: z.string().default(''),
});
type Chart = z.infer<typeof chart>;

const older = z.object({ chartName: z.string(), values: z.string().optional() });

/** Those of the kustomization, and of its generators. What cannot be read is not built either. */
function chartsOf(files: Files, { folder, helmCharts, generators, ...more }: Kustomization): Chart[] {
  const generated = generators.flatMap((entry) => {
    const text = String(entry);
    const parsed = parseDocuments(
      text.includes('\n') ? text : (files.get(joinedPath(folder, text) ?? '') ?? ''),
      '1.1',
    );
    return parsed.kind === 'refused' ? [] : parsed.documents.map((each): unknown => each.toJS());
  });
  const own = generated.filter((each) => isFields(each) && each['kind'] === 'HelmChartInflationGenerator');
  const { helmChartInflationGenerator: before } = more;
  const olden = (Array.isArray(before) ? before : []).flatMap((entry): unknown[] => {
    const { chartName: name, values: valuesFile } = older.safeParse(entry).data ?? {};
    return name === undefined ? [] : [{ ...entry, name, valuesFile, valuesInline: entry['valuesLocal'] }];
  });
  return [...helmCharts, ...own, ...olden].flatMap((each) => chart.safeParse(each).data ?? []);
}

const inlineOf = ({ file }: Kustomization): string => `${file} (valuesInline)`;

interface Layered {
  readonly name: string;
  readonly inline: Chart['valuesInline'];
  readonly layers: readonly string[];
  /** The file that its own text of values takes the place of. */
  readonly unread?: string;
}

/** The chart's own values go below all others. */
function layersOf(given: Chart, by: Kustomization): Layered {
  const { name, valuesFile, additionalValuesFiles, valuesInline: inline, valuesMerge } = given;
  const path = (text: string): string => joinedPath(by.folder, text) ?? text;
  const globals = by['helmGlobals'];
  const home =
    isFields(globals) && typeof globals['chartHome'] === 'string' ? globals['chartHome'] : 'charts';
  const versioned = given.version !== '' && given.repo !== '' ? [`${name}-${given.version}/${name}`] : [];
  const own = [name, ...versioned].map((each) => path(`${home}/${each}/values.yaml`));
  const main = valuesFile === '' ? own : [path(valuesFile)];
  const text = Object.keys(inline).length === 0 ? [] : [inlineOf(by)];
  const merged =
    text.length > 0 && valuesMerge === 'replace'
      ? text
      : valuesMerge === 'merge'
        ? [...text, ...main]
        : [...main, ...text];
  const [first = ''] = main;
  return {
    ...{ name, inline, layers: [...own, ...merged, ...additionalValuesFiles.map(path)] },
    ...(valuesFile !== '' && !merged.includes(first) ? { unread: first } : {}),
  };
}

/** From the kustomization up to the one that nothing takes in, with the components on the way. */
function wayOf(
  all: readonly Kustomization[],
  first: Kustomization,
): { readonly kustomizations: readonly Kustomization[] } | { readonly reason: string } {
  const takenBy = ({ folder, resources, bases, components }: Kustomization) =>
    [...resources, ...bases, ...components].map((each) => joinedPath(folder, each));
  const way = [first];
  for (let last = first; way.length <= all.length; ) {
    const { folder } = last;
    const [next, second] = all.filter((each) => takenBy(each).includes(folder));
    if (second !== undefined)
      return { reason: `${next?.file} and ${second.file} take in ${last.file}, which has the chart` };
    if (next === undefined) break;
    way.push(next);
    last = next;
  }
  const components = way.flatMap(({ folder, components: own }) =>
    own.map((each) => joinedPath(folder, each)),
  );
  return { kustomizations: [...way, ...all.filter(({ folder }) => components.includes(folder))] };
}

/** What of a kustomization may write a field of what a chart makes, of which nothing is known. */
function writerOf(each: Kustomization, { path }: LastingField): string | undefined {
  const { commonLabels, commonAnnotations } = each;
  const key = path[0] === 'metadata' ? String(path[2]) : undefined;
  const marked = {
    labels: Object.assign({}, commonLabels, ...each.labels.map(({ pairs }) => pairs)),
    annotations: commonAnnotations,
  };
  if (key !== undefined)
    for (const map of ['labels', 'annotations'] as const)
      if (path[1] === map && Object.hasOwn(marked[map], key)) return `${map} for all objects`;
  const keys = [
    ...['patches', 'patchesStrategicMerge', 'patchesJson6902', 'replacements', 'transformers', 'vars'],
    ...(isImage(path) ? ['images'] : []),
    ...(path.join('.') === 'spec.replicas' ? ['replicas'] : []),
  ];
  return keys.find((name) => {
    const value = each[name];
    return Array.isArray(value) && value.length > 0;
  });
}
