import { kindsActedOn } from '../domain/action.ts';
import { addressOf } from '../domain/manifest/address.ts';
import type { GitHost, GitOpsPolicy, RepositoryMapping } from '../domain/policy/repositories.ts';
import { nearestWord } from '../domain/text/nearest.ts';
import type { Flaw } from './flaw.ts';

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

function mappingFlaws({ match, repository, keys }: RepositoryMapping, hosts: readonly GitHost[]): Flaw[] {
  const strange = match.kinds.flatMap((kind, index): Flaw[] => {
    if (kindsActedOn.some((known) => known === kind)) return [];
    const nearest = nearestWord(kind, kindsActedOn);
    const hint =
      nearest === undefined ? `there are ${kindsActedOn.join(', ')}` : `did you mean "${nearest}"?`;
    return [{ path: ['match', 'kinds', index], message: `there is no kind "${kind}" to act on; ${hint}` }];
  });
  const flaw = addressFlaw(repository, hosts);
  const parts = keys.flatMap(({ field, part }, index): Flaw[] =>
    part === 'whole' || field.endsWith('.image')
      ? []
      : [
          {
            path: ['keys', index, 'part'],
            message: `only an image has a ${part}, and ${field} is none: leave part out`,
          },
        ],
  );
  const found = [...strange, ...parts];
  return flaw === undefined ? found : [...found, { path: ['repository'], message: flaw }];
}

/**
 * Of GitHub (github.blog, "Behind GitHub's new authentication token formats"), of GitLab (docs.gitlab.com, "Token overview"), and
 * of Gitea and older GitHub, 40 hexadecimal digits. The names that log in with one are words.
 */
const looksLikeToken =
  /^(?:gh[opsur]_|github_pat_|gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|wt|soat|oas|ffct)-)\w|^[0-9a-f]{40}$/i;

function addressFlaw(repository: string, hosts: readonly GitHost[]): string | undefined {
  const address = addressOf(repository);
  if (address === undefined)
    return 'must be the address of a repository, such as https://github.com/example/shop';
  if (/^[a-z]+:\/\/[^/]*:[^/]*@/.test(repository))
    return 'must say nothing of who logs in; FIREBREAK_GIT_CREDENTIALS does';
  const [, user = ''] = /^(?:https?|ssh|git):\/\/([^/@:]*)@/.exec(repository) ?? [];
  if (looksLikeToken.test(user))
    return 'has a token in the place of a name, which is not used; it belongs in FIREBREAK_GIT_CREDENTIALS';
  return hosts.some(({ host }) => host === address.host)
    ? undefined
    : `"${address.host}" is none of gitOps.hosts, so that it would never be read`;
}
