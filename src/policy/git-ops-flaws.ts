import { labelledKinds, type TargetKind } from '../domain/action.ts';
import { addressOf } from '../domain/manifest/address.ts';
import { patchableKinds } from '../domain/patchable.ts';
import type { GitHost, GitOpsPolicy, RepositoryMapping } from '../domain/policy/repositories.ts';
import { nearestWord } from '../domain/text/nearest.ts';
import type { Flaw } from './flaw.ts';

const kindsActedOn: readonly TargetKind[] = [
  ...new Set([...labelledKinds, ...patchableKinds, 'Node' as const]),
];

/** Mappings that could never be followed: their changes would go to the cluster alone, without a word at the start. */
export function gitOpsFlaws({ hosts, repositories }: GitOpsPolicy): Flaw[] {
  const twice = hosts.flatMap(({ host }, index): Flaw[] =>
    hosts.findIndex((each) => each.host === host) === index
      ? []
      : [{ path: ['gitOps', 'hosts', index, 'host'], message: `"${host}" is listed already` }],
  );
  const mapped = repositories.flatMap((each, index) =>
    mappingFlaws(each, hosts).map(({ path, message }) => ({
      path: ['gitOps', 'repositories', index, ...path],
      message,
    })),
  );
  return [...twice, ...mapped];
}

function mappingFlaws({ match, repository }: RepositoryMapping, hosts: readonly GitHost[]): Flaw[] {
  const strange = match.kinds.flatMap((kind, index): Flaw[] => {
    if (kindsActedOn.some((known) => known === kind)) return [];
    const nearest = nearestWord(kind, kindsActedOn);
    const hint =
      nearest === undefined ? `there are ${kindsActedOn.join(', ')}` : `did you mean "${nearest}"?`;
    return [{ path: ['match', 'kinds', index], message: `there is no kind "${kind}" to act on; ${hint}` }];
  });
  const flaw = addressFlaw(repository, hosts);
  return flaw === undefined ? strange : [...strange, { path: ['repository'], message: flaw }];
}

function addressFlaw(repository: string, hosts: readonly GitHost[]): string | undefined {
  const address = addressOf(repository);
  if (address === undefined)
    return 'must be the address of a repository, such as https://github.com/example/shop';
  if (/^[a-z]+:\/\/[^/]*:[^/]*@/.test(repository))
    return 'must say nothing of who logs in; FIREBREAK_GIT_CREDENTIALS does';
  return hosts.some(({ host }) => host === address.host)
    ? undefined
    : `"${address.host}" is none of gitOps.hosts, so that it would never be read`;
}
