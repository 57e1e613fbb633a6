import { kindOf } from '../../actions/action-kinds.ts';
import type { Case } from '../../domain/case.ts';
import { byEffect, type GitSource, ownerText } from '../../domain/facts/manifest-source.ts';
import { addressOf, isSameRepository, withoutLogin } from '../../domain/manifest/address.ts';
import type { GitPlace } from '../../domain/manifest/git-change.ts';
import type { LastingForm } from '../../domain/manifest/lasting.ts';
import { joinedPath } from '../../domain/manifest/path.ts';
import type { GitOpsPolicy, RepositoryMapping } from '../../domain/policy/repositories.ts';
import { overridesOf, valueFilesOf } from './sources.ts';

type Wanted = Extract<LastingForm, { kind: 'fields' }>;

/** `none`: no repository has a say. `by hand`: one has, and why Firebreak leaves it to people. */
export type Located =
  | { readonly kind: 'place'; readonly place: GitPlace; readonly wanted: Wanted }
  | { readonly kind: 'none' }
  | { readonly kind: 'by hand'; readonly reason: string };

/**
 * The place of a repository that must say what an action does: by the policy's first mapping that matches, with what the
 * cluster tells of who applies it, else by what the cluster tells alone. Nothing is guessed.
 */
export function placeOf(judged: Case, policy: GitOpsPolicy): Located {
  if (policy.hosts.length === 0) return none;
  const { action, facts } = judged;
  const mapping = policy.repositories.find((each) => matches(each, judged));
  const source = facts.source;
  if (source === undefined && mapping === undefined) return none;
  const wanted = kindOf(action.verb).lasting(judged);
  if (wanted.kind === 'none') return none;
  if (wanted.fields.length === 0) return none;
  const git = source?.kind === 'git' ? source : undefined;
  const overrides = mapping === undefined ? (git?.overrides ?? []) : overridesOf(source, mapping);
  if (overrides.length > 0) return byHand(overriddenText(source, overrides));
  if (mapping !== undefined) {
    const files = valueFilesOf(source, mapping);
    if ('reason' in files) return byHand(`${files.reason}.`);
    const place = { ...mapped(mapping, git), ...files, ...applicationOf(source) };
    return { kind: 'place', place: { ...place, ...callsOf(place, policy) }, wanted };
  }
  if (git === undefined) return byHand(unclearText(source));
  const found = followed(git, wanted);
  return found.kind === 'place'
    ? { ...found, place: { ...found.place, ...callsOf(found.place, policy) } }
    : found;
}

/** Of a host that has another word for it. */
function callsOf({ repository }: GitPlace, { hosts }: GitOpsPolicy): Pick<GitPlace, 'calls'> {
  const kind = hosts.find(({ host }) => host === addressOf(repository)?.host)?.kind;
  return kind === 'gitlab' ? { calls: 'merge request' } : {};
}

const none = { kind: 'none' } as const;
const byHand = (reason: string) => ({ kind: 'by hand', reason }) as const;

const unclearText = (source: Case['facts']['source']): string =>
  source?.kind === 'unclear'
    ? `Where its manifest lives is not known: ${source.reason}.`
    : 'Where its manifest lives is not known.';

function overriddenText(source: Case['facts']['source'], overrides: readonly string[]): string {
  const name = source?.owner === undefined ? 'Its owner' : ownerText(source.owner);
  const { unseen, written } = byEffect(overrides);
  return written.length > 0
    ? `${name} changes by itself what the files say: ${written.join(', ')}.`
    : `${name} does not see that the object differs from the files (${unseen.join(', ')}), so that a merged change may never be applied.`;
}

function matches(
  { match: { cluster, namespaces, kinds, labels } }: RepositoryMapping,
  { action, facts }: Case,
): boolean {
  const { target } = action;
  const own = facts.identity.labels;
  return (
    (cluster === undefined || cluster === facts.cluster) &&
    (namespaces.length === 0 || namespaces.includes(facts.namespace?.name ?? '')) &&
    (kinds.length === 0 || kinds.includes(target.kind)) &&
    Object.entries(labels).every(([key, value]) => Object.hasOwn(own, key) && own[key] === value)
  );
}

function mapped(mapping: RepositoryMapping, git: GitSource | undefined): GitPlace {
  const { branch, values, keys } = mapping;
  const repository = withoutLogin(mapping.repository);
  const path = joinedPath('', mapping.path) ?? mapping.path;
  const followed = git !== undefined && isSameRepository(git.repository, repository) ? git : undefined;
  // The same folder, of which only the branch was to be said: it becomes objects as its owner says.
  const same = followed?.path === path ? followed : undefined;
  const form = mapping.form ?? same?.form;
  return {
    ...{ repository, branch, path, recurse: same?.recurse ?? true, keys },
    ...(form === undefined ? {} : { form }),
    ...(followed?.ignore === undefined ? {} : { ignore: followed.ignore }),
    ...(same?.namespace === undefined ? {} : { namespace: same.namespace }),
    ...(values === undefined ? {} : { values: joinedPath('', values) ?? values }),
    ...releaseOf(git),
    ...(git === undefined ? {} : { owner: git.owner }),
    selfHeal: git?.selfHeal === true,
    ...(git?.interval === undefined ? {} : { interval: git.interval }),
  };
}

function applicationOf(source: Case['facts']['source']): Pick<GitPlace, 'application'> {
  // One without known sources may not make it at all, and have a mark that was copied.
  if (source?.kind !== 'unclear' || source.sources === undefined) return {};
  if (source.owner?.kind !== 'Application') return {};
  return { application: { namespace: source.owner.namespace, name: source.owner.name } };
}

function releaseOf(git: GitSource | undefined): Pick<GitPlace, 'release'> {
  if (git?.release !== true) return {};
  return { release: { namespace: git.owner.namespace, name: git.owner.name } };
}

function followed(git: GitSource, wanted: Wanted): Located {
  const { owner, repository, revision, path, recurse, selfHeal, valueFiles, interval, form } = git;
  const { ignore, namespace } = git;
  if (revision.kind === 'fixed')
    return byHand(
      `${ownerText(owner)} follows ${revision.text}, which is no branch: the policy's gitOps.repositories has to name one.`,
    );
  if (git.release === true || valueFiles !== undefined)
    return byHand(
      `${ownerText(owner)} is made by a chart: the policy's gitOps.repositories has to say which value sets what.`,
    );
  const often = interval === undefined ? {} : { interval };
  const told = {
    ...(form === undefined ? {} : { form }),
    ...(ignore === undefined ? {} : { ignore }),
    ...(namespace === undefined ? {} : { namespace }),
  };
  const place = { repository, branch: revision.name, path, recurse, keys: [], owner, selfHeal };
  return { kind: 'place', place: { ...place, ...often, ...told }, wanted };
}
