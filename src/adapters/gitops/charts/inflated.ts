import { z } from 'zod';
import type { LastingField } from '../../../domain/manifest/lasting.ts';
import { joinedPath } from '../../../domain/manifest/path.ts';
import { parseDocuments } from '../edit/documents.ts';
import { isFields } from '../edit/objects.ts';
import { type Files, folderOf } from '../files.ts';
import { componentsOf } from '../kustomize/built.ts';
import {
  type Kustomization,
  kustomizationNames,
  kustomizationOf,
  kustomizedFolders,
  withoutNulls,
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
  const mayGive = read(
    files,
    folders.filter((folder) => mayHaveCharts(files, folder)),
  );
  const given = mayGive.kustomizations.map((by) => ({ by, ...chartsOf(files, by) }));
  const strange =
    mayGive.unread.find((each) => each.folder === folderOf(file) || names(each, file))?.reason ??
    given.map(({ by, unread }) => unreadText(by, unread, file)).find((each) => each !== undefined);
  if (strange !== undefined) return { reason: strange };
  const charts = given.flatMap(({ by, charts: own }) => own.map((each) => ({ by, ...layersOf(each, by) })));
  const [chart, second] = charts.filter(({ layers, unread }) => [...layers, unread].includes(file));
  const [beside] = charts.filter(({ by }) => by.folder === folderOf(file));
  if (chart === undefined)
    return beside && { reason: `${beside.by.file} does not give ${file} to the chart ${beside.name}` };
  const { by, layers, inline } = chart;
  if (second !== undefined)
    return {
      reason:
        second.by === by
          ? `${by.file} gives ${file} to several charts`
          : `${by.file} and ${second.by.file} give ${file} to a chart`,
    };
  if (chart.unread === file) return { reason: `${by.file} has valuesInline in the place of ${file}` };
  const way = wayOf(files, read(files, folders), by);
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

/** What cannot be read, with its words and why. */
interface Unread {
  readonly folder: string;
  readonly text: string;
  readonly reason: string;
}

interface All {
  readonly kustomizations: readonly Kustomization[];
  readonly unread: readonly Unread[];
}

function read(files: Files, folders: readonly string[]): All {
  const kustomizations: Kustomization[] = [];
  const unread: Unread[] = [];
  for (const folder of folders) {
    const found = kustomizationOf(files, folder);
    if (found.kind === 'kustomization') kustomizations.push(found.kustomization);
    if (found.kind === 'refused')
      unread.push({ folder, text: textsOf(files, folder).join('\n'), reason: found.reason });
  }
  return { kustomizations, unread };
}

const textsOf = (files: Files, folder: string): string[] =>
  kustomizationNames.map((name) => files.get(joinedPath(folder, name) ?? name) ?? '');

/** Whether a word of it is a path to a file or a folder, or the name of the chart whose own values the file has. */
function names({ folder, text }: Omit<Unread, 'reason'>, path: string): boolean {
  const [, chart] = /([^/]+)\/values\.yaml$/.exec(path) ?? [];
  return text
    .split(/[\s"',[\]{}]+/)
    .some((word) => word !== '' && (word === chart || joinedPath(folder, word) === path));
}

/** Reading takes milliseconds, and a repository may have thousands. */
const mayHaveCharts = (files: Files, folder: string): boolean =>
  textsOf(files, folder).some((text) => /helmChart|generators/.test(text));

const chart = z.preprocess(
  withoutNulls,
  z.object({
    name: z.string().default(''),
    version: z.string().default(''),
    repo: z.string().default(''),
    valuesFile: z.string().default(''),
    additionalValuesFiles: z.array(z.string()).default([]),
    valuesInline: z.record(z.string(), z.unknown()).default({}),
    valuesMerge: z.string().default(''),
  }),
);
type Chart = z.infer<typeof chart>;

const older = z
  .preprocess(
    withoutNulls,
    z.looseObject({ chartName: z.string(), values: z.unknown(), valuesLocal: z.unknown() }),
  )
  .transform(({ chartName, values, valuesLocal, ...rest }) => ({
    ...rest,
    ...{ name: chartName, valuesFile: values ?? null, valuesInline: valuesLocal ?? null },
  }));

/** Those of the kustomization, and of its generators; and the words of what is there and cannot be read. */
function chartsOf(
  files: Files,
  { folder, helmCharts, generators, ...more }: Kustomization,
): { readonly charts: readonly Chart[]; readonly unread: readonly string[] } {
  const unread: string[] = [];
  const generated = generators.flatMap((entry): unknown[] => {
    const text = String(entry);
    const content = text.includes('\n') ? text : files.get(joinedPath(folder, text) ?? '');
    const parsed = content === undefined ? undefined : parseDocuments(content, '1.1');
    if (parsed !== undefined && parsed.kind !== 'refused')
      return parsed.documents.map((each): unknown => each.toJS());
    unread.push(content ?? text);
    return [];
  });
  const own = generated.filter((each) => isFields(each) && each['kind'] === 'HelmChartInflationGenerator');
  const { helmChartInflationGenerator: before = [] } = more;
  const charts = [
    ...[...helmCharts, ...own].map((each) => [each, chart.safeParse(each)] as const),
    ...(Array.isArray(before) ? before : [before]).map(
      (each: unknown) => [each, chart.safeParse(older.safeParse(each).data)] as const,
    ),
  ].flatMap(([each, { data }]) => {
    if (data === undefined) unread.push(JSON.stringify(each));
    return data ?? [];
  });
  return { charts, unread };
}

/** A kustomization gives files of its own folder and those below it, if it is not let out of there. */
function unreadText(
  { folder, file: by }: Kustomization,
  unread: readonly string[],
  file: string,
): string | undefined {
  const isInside = folder === '' || file.startsWith(`${folder}/`);
  return unread.some((text) => isInside || names({ folder, text }, file))
    ? `a chart or a generator of ${by} cannot be read, and may take ${file}`
    : undefined;
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

/** From the kustomization up to the one that nothing takes in, with the components on the way and their own. */
function wayOf(
  files: Files,
  { kustomizations: all, unread }: All,
  first: Kustomization,
): { readonly kustomizations: readonly Kustomization[] } | { readonly reason: string } {
  const takenBy = ({ folder, resources, bases, components }: Kustomization) =>
    [...resources, ...bases, ...components].map((each) => joinedPath(folder, each));
  const way = [first];
  for (let last = first; way.length <= all.length; ) {
    const { folder } = last;
    const strange = unread.find((each) => names(each, folder));
    if (strange !== undefined) return { reason: strange.reason };
    const [next, second] = all.filter((each) => takenBy(each).includes(folder));
    if (second !== undefined)
      return { reason: `${next?.file} and ${second.file} take in ${last.file}, which has the chart` };
    if (next === undefined) break;
    way.push(next);
    last = next;
  }
  const kustomizations = [...way];
  for (const each of way) {
    const found = componentsOf(files, each);
    if (found.kind === 'refused') return found;
    kustomizations.push(...found.components.map(({ kustomization }) => kustomization));
  }
  return { kustomizations };
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
