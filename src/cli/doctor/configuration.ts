import { alertSources } from '../../adapters/http/alert-sources.ts';
import type { Config } from '../../config.ts';
import { everybody } from '../../domain/policy/people.ts';
import { strangeClusters, strangeToOne } from '../../policy/check.ts';
import { strangePlaybooks } from '../../policy/strange-playbooks.ts';
import { about, type Finding } from './finding.ts';

const policy = about('Policy');
const playbooks = about('Playbooks');
const webhooks = about('Webhooks');

/** What the files and the environment say, beyond that they could be read. */
export function examineConfiguration(config: Config): readonly Finding[] {
  return [
    examinePolicy(config),
    ...examineNames(config),
    examinePlaybooks(config),
    ...examineTrusted(config),
    ...examineWebhooks(config),
  ];
}

function examinePolicy({ policy: { approvers }, policySource }: Config): Finding {
  if (policySource === undefined)
    return policy.wrong('No policy file: nobody may approve anything.', 'Set FIREBREAK_POLICY.');
  const empty = (['human', 'dual'] as const).filter((tier) => {
    const { users, groups } = everybody(approvers[tier]);
    return users.length + groups.length === 0;
  });
  return empty.length === 0
    ? policy.right(`${policySource.file} can be read, and names approvers.`)
    : policy.doubtful(
        `${policySource.file} names nobody who may approve in the tier ${empty.join(' and ')}.`,
        'Name users or groups, unless environments of it do.',
      );
}

/** Firebreak does not start with a policy that speaks of a cluster that is none of several. */
function examineNames({ policy: said, policySource, clusters = [] }: Config): readonly Finding[] {
  if (clusters.length < 2) return [];
  const names = clusters.map(({ name }) => name);
  return strangeClusters(said, names).map((each) =>
    policy.wrong(
      `${policySource?.file ?? 'policy.yaml'}: ${each}`,
      'Name the clusters as FIREBREAK_CLUSTERS does.',
    ),
  );
}

/** Nor with one that keeps an entry to another cluster than the one that is here, of which the name is known once it is asked. */
export const examineName = (
  { policy: said, policySource }: Pick<Config, 'policy' | 'policySource'>,
  name: string,
): readonly Finding[] =>
  strangeToOne(said, name).map((each) =>
    policy.wrong(`${policySource?.file ?? 'policy.yaml'}: ${each}`, 'Leave the key cluster out there.'),
  );

function examinePlaybooks({ playbooks: found }: Config): Finding {
  return found.length === 0
    ? playbooks.doubtful('There is none: alerts propose nothing.', 'Set FIREBREAK_PLAYBOOKS.')
    : playbooks.right(`${found.length} can be read.`);
}

/** Firebreak starts with a policy that trusts a playbook which is not there. */
const examineTrusted = ({ policy: said, policySource, playbooks: found }: Config): readonly Finding[] =>
  strangePlaybooks(said, found).map((each) =>
    policy.doubtful(
      `${policySource?.file ?? 'policy.yaml'}: ${each}`,
      'Take the entry out, or put the playbook into the folder.',
    ),
  );

function examineWebhooks({ alertTokens }: Config): readonly Finding[] {
  return alertSources.map(({ name, path, variable }) =>
    alertTokens[name] === undefined
      ? webhooks.doubtful(`${path} is disabled.`, `Set ${variable} here and in the sender.`)
      : webhooks.right(`${path} takes what carries ${variable}.`),
  );
}
