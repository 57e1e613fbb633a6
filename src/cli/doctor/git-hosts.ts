import { type LoginSeen, seeHost, seeRepository } from '../../adapters/gitops/examine.ts';
import type { Config } from '../../config.ts';
import { about, type Finding } from './finding.ts';

const { right, doubtful, wrong } = about('Git');

/** Whether each host of the policy takes who logs in there, and each of its repositories a push; nothing is pushed. */
export async function examineGitHosts({
  policy: { gitOps },
  gitLogins,
}: Pick<Config, 'policy' | 'gitLogins'>): Promise<readonly Finding[]> {
  const { hosts, repositories } = gitOps;
  const addresses = [...new Set(repositories.map(({ repository }) => repository))];
  const unlisted = Object.keys(gitLogins).filter((name) => hosts.every(({ host }) => host !== name));
  const [atHosts, ofRepositories] = await Promise.all([
    Promise.all(hosts.map((host) => seeHost(host, gitLogins))),
    Promise.all(addresses.map((each) => seeRepository(each, hosts, gitLogins))),
  ]);
  return [
    ...[...atHosts, ...ofRepositories].map(findingOf),
    ...unlisted.map((name) =>
      doubtful(`There is a login for ${name}, which the policy does not list.`, 'Add it to gitOps.hosts.'),
    ),
  ];
}

const cures = {
  nobody: 'Give FIREBREAK_GIT_CREDENTIALS a line for it, or set the FIREBREAK_GITHUB_APP_ variables.',
  refused: 'Compare its login and its entry in gitOps.hosts with docs/gitops.md, "What it needs".',
  lacking: 'Give it the rights of docs/gitops.md, "What it needs".',
  unseen: 'Name a repository of it in gitOps.repositories: then it is tried there.',
  away: 'Look at address and api in gitOps.hosts, and at the network policy.',
} as const;

function findingOf({ kind, sentence }: LoginSeen): Finding {
  if (kind === 'accepted') return right(sentence);
  return kind === 'nobody' || kind === 'unseen'
    ? doubtful(sentence, cures[kind])
    : wrong(sentence, cures[kind]);
}
