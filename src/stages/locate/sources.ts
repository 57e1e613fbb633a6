import { type ManifestSource, type OneSource, ownerText } from '../../domain/facts/manifest-source.ts';
import { addressOf } from '../../domain/manifest/address.ts';
import type { GitPlace } from '../../domain/manifest/git-change.ts';
import type { RepositoryMapping } from '../../domain/policy/repositories.ts';

type Files = Pick<GitPlace, 'under' | 'over'>;

/** What of the owner changes what the files of a mapping say; empty where that is nothing, or not known. */
export function overridesOf(
  source: ManifestSource | undefined,
  mapping: RepositoryMapping,
): readonly string[] {
  if (source === undefined) return [];
  if (source.kind === 'git') return source.overrides;
  const { overrides = [], sources = [] } = source;
  const meant = sources.filter((each) => isMeant(each, sources, mapping));
  const all = (meant.length > 0 ? meant : sources).flatMap((each) => each.overrides);
  return [...overrides, ...all.filter((each) => !isWrittenThere(each, mapping))];
}

/** The mapping is to the manifest of the Application itself, in which the values stand. */
const isWrittenThere = (override: string, { keys }: RepositoryMapping): boolean =>
  /\.helm\.valuesObject$/.test(override) &&
  keys.length > 0 &&
  keys.every(({ key }) => key.includes('.helm.valuesObject.'));

/** Whether a mapping may be to what this one of several sources makes. */
function isMeant(source: OneSource, all: readonly OneSource[], mapping: RepositoryMapping): boolean {
  if (isSameRepository(source.repository, mapping.repository) && touches(source.path, mapping.path))
    return true;
  const file = valuesOf(mapping);
  return chainOf(source, all, mapping.repository).some((each) => each.path === file);
}

const touches = (some: string, other: string): boolean =>
  some === '' ||
  other === '' ||
  `${other}/`.startsWith(`${some.replace(/\/+$/, '')}/`) ||
  `${some}/`.startsWith(`${other.replace(/\/+$/, '')}/`);

/** Whether two addresses are of one repository, however they are written. */
export function isSameRepository(some: string, other: string): boolean {
  const [one, two] = [some, other].map(addressOf);
  return one !== undefined && two !== undefined && one.host === two.host && one.path === two.path;
}

const valuesOf = ({ values, path }: RepositoryMapping): string =>
  values ?? joined(path, 'values.yaml') ?? 'values.yaml';

/**
 * The files of values that the owner gives the chart besides the one of a mapping, of which the last decides; or why they are
 * not known. Empty where the mapping is to another chart than the owner installs, or where the owner does not say.
 */
export function valueFilesOf(
  source: ManifestSource | undefined,
  mapping: RepositoryMapping,
): Files | { readonly reason: string } {
  const file = valuesOf(mapping);
  if (source === undefined || (source.kind === 'git' && source.release === true)) return {};
  const all =
    source.kind === 'unclear'
      ? (source.sources ?? [])
      : [{ ...source, overrides: [], valueFiles: source.valueFiles ?? [] }];
  const chains = all.map((each) => chainOf(each, all, mapping.repository));
  const [chain, second] = chains.filter((each) => each.some(({ path }) => path === file));
  if (second !== undefined) return { reason: `${file} is read for several sources of ${named(source)}` };
  if (chain === undefined) return strange(source, mapping, chains);
  const own = chain.findLastIndex(({ path }) => path === file);
  const over = chain.slice(own + 1);
  const unread = over.find(({ path }) => path === undefined);
  if (unread !== undefined)
    return { reason: `${named(source)} takes the values of ${unread.text} over those of ${file}` };
  const paths = (files: typeof chain) => files.flatMap(({ path }) => path ?? []);
  return { under: paths(chain.slice(0, own)), over: paths(over) };
}

/** A file that no source takes: another chart's, or one by which nothing changes. */
function strange(
  source: ManifestSource,
  mapping: RepositoryMapping,
  chains: readonly (readonly ValueFile[])[],
): Files | { readonly reason: string } {
  const { values } = mapping;
  const isOfChart = values === undefined || /(^|\/)values\.yaml$/.test(values);
  const isTold =
    source.kind === 'git' &&
    source.valueFiles !== undefined &&
    isSameRepository(source.repository, mapping.repository);
  if (isOfChart || !isTold) return {};
  const unread = chains.flat().find(({ path }) => path === undefined);
  return {
    reason:
      unread === undefined
        ? `${named(source)} does not take the values of ${values}`
        : `${named(source)} takes the values of ${unread.text}, and whether ${values} is among them is not known`,
  };
}

interface ValueFile {
  readonly text: string;
  /** From the top of the mapping's repository; undefined for a file of another one, or whose name is not known. */
  readonly path: string | undefined;
}

/** As Argo CD gives them to Helm: the chart's own, then the files in their order (reposerver/repository/repository.go, helmTemplate). */
function chainOf(
  { repository, path, valueFiles }: Pick<OneSource, 'repository' | 'path' | 'valueFiles'>,
  all: readonly Pick<OneSource, 'repository' | 'ref'>[],
  wanted: string,
): ValueFile[] {
  const from = (at: string, folder: string, text: string): ValueFile => {
    const isKnown = !/[$*?[{]|:\/\//.test(text) && isSameRepository(at, wanted);
    const file = text.startsWith('/') ? joined('', text) : joined(folder, text);
    return { text, path: isKnown ? file : undefined };
  };
  const given = valueFiles.map((text) => {
    const [name = '', ...rest] = text.split('/');
    const referred = all.find(({ ref }) => ref !== undefined && name === `$${ref}`);
    return referred === undefined
      ? from(repository, path, text)
      : { ...from(referred.repository, '', rest.join('/')), text };
  });
  // A file that is named twice is given once, at its first place.
  const once = given.filter(
    ({ path: file }, index) => file === undefined || given.findIndex((each) => each.path === file) === index,
  );
  return [from(repository, path, 'values.yaml'), ...once];
}

function joined(folder: string, relative: string): string | undefined {
  const steps: string[] = [];
  for (const step of `${folder}/${relative}`.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return undefined;
  }
  return steps.join('/');
}

const named = ({ owner }: ManifestSource): string => (owner === undefined ? 'Its owner' : ownerText(owner));
