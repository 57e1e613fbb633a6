import type { Case } from '../../domain/case.ts';
import { type GitSource, type ManifestSource, ownerText } from '../../domain/facts/manifest-source.ts';

/** Where the manifests live that the change would have to stand in, and what becomes of it while it does not. */
export function sourcesText(members: readonly Case[]): string {
  const texts = members.flatMap(({ facts: { source } }) =>
    source === undefined ? [] : [sourceText(source)],
  );
  return [...new Set(texts)].join('\n');
}

function sourceText(source: ManifestSource): string {
  if (source.kind === 'git')
    return [placeText(source), ...overridesText(source), undoneText(source)].join('\n');
  const { owner, reason } = source;
  return `Where its manifest lives is not known${owner === undefined ? '' : ` of ${ownerText(owner)}`}: ${reason}.`;
}

function placeText({ owner, repository, revision, path }: GitSource): string {
  const at = revision.kind === 'fixed' ? revision.text : revision.name;
  const folder = path === '' ? 'the top folder' : path;
  return `${ownerText(owner)} takes it from ${withoutUser(repository)} at ${at}, ${folder}.`;
}

const overridesText = ({ overrides }: GitSource): readonly string[] =>
  overrides.length === 0 ? [] : [`It changes by itself what the files say (${overrides.join(', ')}).`];

function undoneText({ owner, selfHeal }: GitSource): string {
  if (!selfHeal) return 'The next sync undoes a change that only the cluster has.';
  const when = owner.kind === 'Application' ? 'at once (self-heal)' : 'by itself, within its interval';
  return `It undoes a change that only the cluster has ${when}.`;
}

/** The address of a repository without who logs in there. */
const withoutUser = (repository: string): string => repository.replace(/^([a-z+]+:\/\/)[^/@]*@/, '$1');
