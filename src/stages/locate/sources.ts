import { type ManifestSource, type OneSource, ownerText } from '../../domain/facts/manifest-source.ts';
import { isSameRepository } from '../../domain/manifest/address.ts';
import type { GitPlace } from '../../domain/manifest/git-change.ts';
import { joinedPath } from '../../domain/manifest/path.ts';
import type { RepositoryMapping } from '../../domain/policy/repositories.ts';

type Files = Pick<GitPlace, 'under' | 'over' | 'isNamed'>;

/** What of the owner changes what the files of a mapping say; empty where that is nothing, or not known. */
export function overridesOf(
  source: ManifestSource | undefined,
  mapping: RepositoryMapping,
): readonly string[] {
  if (source === undefined) return [];
  const isOfFile = (override: string) => !isWrittenThere(override, mapping);
  if (source.kind === 'git') return source.overrides.filter(isOfFile);
  const { overrides = [], sources = [] } = source;
  const meant = sources.filter((each) => isMeant(each, sources, mapping));
  const all = (meant.length > 0 ? meant : sources).flatMap((each) => each.overrides);
  return [...overrides, ...all.filter(isOfFile)];
}

const isWrittenThere = (override: string, mapping: RepositoryMapping): boolean =>
  /\.helm\.valuesObject$/.test(override) && isOfOwner(mapping);

/** The mapping is to the manifest of the Application itself, in which the values stand. */
const isOfOwner = ({ keys }: RepositoryMapping): boolean =>
  keys.length > 0 && keys.every(({ key }) => key.includes('.helm.valuesObject.'));

/** It only lends its files to the other sources, and makes nothing itself (argo-cd.readthedocs.io, "Multiple Sources"). */
const isOnlyRef = ({ ref, path, valueFiles, overrides }: OneSource): boolean =>
  ref !== undefined && path === '' && valueFiles.length === 0 && overrides.length === 0;

/** Whether a mapping may be to what this one of several sources makes. */
function isMeant(source: OneSource, all: readonly OneSource[], mapping: RepositoryMapping): boolean {
  if (isOnlyRef(source)) return false;
  if (isSameRepository(source.repository, mapping.repository) && touches(source.path, mapping.path))
    return true;
  const file = valuesOf(mapping);
  return chainOf(source, all, mapping.repository).some((each) => each.path === file);
}

function touches(some: string, other: string): boolean {
  const [one = '', two = ''] = [some, other].map((path) => joinedPath('', path));
  return one === '' || two === '' || `${two}/`.startsWith(`${one}/`) || `${one}/`.startsWith(`${two}/`);
}

const valuesOf = ({ values, path }: RepositoryMapping): string =>
  joinedPath('', values ?? `${path}/values.yaml`) ?? 'values.yaml';

/**
 * The files of values that the owner gives the chart besides the one of a mapping, of which the last decides; or why they are
 * not known, as where the chart of the owner does not take that one. Empty where the owner does not say, or has nothing to do with it.
 */
export function valueFilesOf(
  source: ManifestSource | undefined,
  mapping: RepositoryMapping,
): Files | { readonly reason: string } {
  const file = valuesOf(mapping);
  if (source === undefined || (source.kind === 'git' && source.release === true)) return {};
  // What the Application itself says of values goes over all files; one without keys is to no values.
  if (isOfOwner(mapping) || mapping.keys.length === 0) return {};
  const all: readonly OneSource[] =
    source.kind === 'unclear'
      ? (source.sources ?? [])
      : [{ ...source, overrides: [], valueFiles: source.valueFiles ?? [] }];
  const chains = all.filter((each) => !isOnlyRef(each)).map((each) => chainOf(each, all, mapping.repository));
  const [chain, second] = chains.filter((each) => each.some(({ path }) => path === file));
  if (second !== undefined) return { reason: `${file} is read for several sources of ${named(source)}` };
  if (chain === undefined) return strange(source, mapping, chains);
  const twice = namedTwice(chain);
  if (twice !== undefined) return { reason: `${named(source)} names the values of ${twice} twice` };
  const own = chain.findLastIndex(({ path }) => path === file);
  const over = chain.slice(own + 1);
  const unread = over.find(({ path }) => path === undefined);
  if (unread !== undefined)
    return { reason: `${named(source)} takes the values of ${unread.text} over those of ${file}` };
  const perhaps = chain.find(({ mayBe }) => mayBe?.(file) === true);
  if (perhaps !== undefined)
    return { reason: `${named(source)} may name the values of ${file} twice, by ${perhaps.text}` };
  const paths = (files: typeof chain) => files.flatMap(({ path }) => path ?? []);
  // What stands first the chart takes by itself.
  const isNamed = own > 0 ? ({ isNamed: true } as const) : {};
  return { under: paths(chain.slice(0, own)), over: paths(over), ...isNamed };
}

/** Whether the first or the last place of such a file counts differs between versions of Argo CD. The chart's own may be named once. */
const namedTwice = ([, ...given]: readonly ValueFile[]): string | undefined =>
  given.find(({ path }, index) => path !== undefined && given.findIndex((each) => each.path === path) < index)
    ?.path;

/** A file that no source takes: another chart's, or one by which nothing changes. */
function strange(
  source: ManifestSource,
  mapping: RepositoryMapping,
  chains: readonly (readonly ValueFile[])[],
): Files | { readonly reason: string } {
  const file = valuesOf(mapping);
  const isTold =
    source.kind === 'git' &&
    source.valueFiles !== undefined &&
    isSameRepository(source.repository, mapping.repository);
  const unread = chains.flat().find(({ path, mayBe }) => path === undefined && (mayBe?.(file) ?? isTold));
  if (unread !== undefined)
    return {
      reason: `${named(source)} takes the values of ${unread.text}, and whether ${file} is among them is not known`,
    };
  if (!isTold) return {};
  const isBelow = source.path === '' || file.startsWith(`${source.path}/`);
  const below =
    isBelow && /(^|\/)values\.yaml$/.test(file)
      ? ' itself; those of a chart that it takes in stand in its own, under the name of that chart'
      : '';
  return { reason: `${named(source)} does not take the values of ${file}${below}` };
}

interface ValueFile {
  readonly text: string;
  /** From the top of the mapping's repository; undefined for a file of another one, or whose name is not known. */
  readonly path: string | undefined;
  /** Of a file in the mapping's repository whose name only Argo CD knows: whether it may be this one. */
  readonly mayBe?: (path: string) => boolean;
}

/** As Argo CD gives them to Helm: the chart's own, then the files in their order (reposerver/repository/repository.go, helmTemplate). */
function chainOf(
  { repository, path, valueFiles }: Pick<OneSource, 'repository' | 'path' | 'valueFiles'>,
  all: readonly Pick<OneSource, 'repository' | 'ref'>[],
  wanted: string,
): ValueFile[] {
  const from = (at: string, folder: string, text: string): ValueFile => {
    const isHere = !text.includes('://') && isSameRepository(at, wanted);
    const isNamed = !/[$*?[{]/.test(text);
    const file = text.startsWith('/') ? joinedPath('', text) : joinedPath(folder, text);
    if (isHere && !isNamed) return { text, path: undefined, mayBe: mayBeOf(file, text) };
    return { text, path: isHere ? file : undefined };
  };
  const given = valueFiles.map((text) => {
    const [name = '', ...rest] = text.split('/');
    const referred = all.find(({ ref }) => ref !== undefined && name === `$${ref}`);
    return referred === undefined
      ? from(repository, path, text)
      : { ...from(referred.repository, '', rest.join('/')), text };
  });
  return [from(repository, path, 'values.yaml'), ...given];
}

/** Whether a name with patterns or variables may be the one of a file: what stands before the first of them is as it is there. */
function mayBeOf(pattern: string | undefined, text: string): (path: string) => boolean {
  const known = /[$*?[{].*\.\./.test(text) ? '' : (pattern ?? '').replace(/[$*?[{].*$/, '');
  return (path) => path.startsWith(known);
}

const named = ({ owner }: ManifestSource): string => (owner === undefined ? 'Its owner' : ownerText(owner));
