import type { Case } from '../../domain/case.ts';
import {
  byEffect,
  type GitSource,
  type ManifestSource,
  ownerText,
} from '../../domain/facts/manifest-source.ts';
import { withoutLogin } from '../../domain/manifest/address.ts';
import type { GitChange, GitLine, GitPlace } from '../../domain/manifest/git-change.ts';

/**
 * Where the manifests live that the change has to stand in, the change of that file, and what becomes of a change that only
 * the cluster has.
 */
export function gitText(members: readonly Case[], change: GitChange | undefined): string {
  const sources = sourcesText(members);
  if (change === undefined) return sources;
  if (change.kind === 'by hand')
    return [sources, `To be changed there by hand: ${change.reason}`]
      .filter((line) => line !== '')
      .join('\n');
  const { place } = change;
  const where = `${withoutLogin(place.repository)}, branch ${place.branch}`;
  if (change.kind === 'already')
    return `${where} says so already: the cluster has drifted from it, and a sync is the repair.\n${placeUndone(place)}`;
  return [where, ...change.lines.map(lineText), placeUndone(place)].join('\n');
}

/** Without the indentation that both have: on a phone it takes the room of what matters. */
function lineText({ file, line, before, after }: GitLine): string {
  const indent = (text: string) => /^ */.exec(text)?.[0].length ?? 0;
  const both = Math.min(indent(before), indent(after));
  return `${file}:${line}\n- ${before.slice(both)}\n+ ${after.slice(both)}`;
}

function placeUndone({ owner, selfHeal }: GitPlace): string {
  if (owner === undefined) return 'Who applies it is not known.';
  return `${ownerText(owner)} applies it. ${undoneText(owner, selfHeal)}`;
}

function sourcesText(members: readonly Case[]): string {
  const texts = members.flatMap(({ facts: { source } }) =>
    source === undefined ? [] : [sourceText(source)],
  );
  return [...new Set(texts)].join('\n');
}

function sourceText(source: ManifestSource): string {
  if (source.kind === 'git')
    return [placeText(source), ...overridesText(source), undoneText(source.owner, source.selfHeal)].join(
      '\n',
    );
  const { owner, reason } = source;
  return `Where its manifest lives is not known${owner === undefined ? '' : ` of ${ownerText(owner)}`}: ${reason}.`;
}

function placeText({ owner, repository, revision, path }: GitSource): string {
  const at = revision.kind === 'fixed' ? revision.text : revision.name;
  const folder = path === '' ? 'the top folder' : path;
  return `${ownerText(owner)} takes it from ${withoutLogin(repository)} at ${at}, ${folder}.`;
}

function overridesText({ overrides }: GitSource): readonly string[] {
  const { unseen, written } = byEffect(overrides);
  return [
    ...(written.length > 0 ? [`It changes by itself what the files say (${written.join(', ')}).`] : []),
    ...(unseen.length > 0
      ? [`It does not see that the object differs from the files (${unseen.join(', ')}).`]
      : []),
  ];
}

function undoneText({ kind }: GitSource['owner'], selfHeal: boolean): string {
  if (!selfHeal) return 'The next sync undoes what only the cluster has.';
  const when = kind === 'Application' ? 'at once (self-heal)' : 'within its interval';
  return `It undoes ${when} what only the cluster has, unless it is paused.`;
}
