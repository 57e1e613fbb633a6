import type { Playbook } from '../domain/incidents/playbook.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { strangePlaybooks } from '../policy/strange-playbooks.ts';

/** Notes which of the playbooks that a policy trusts are not there. Neither file is wrong for it. */
export function noteStrange(file: string, policy: Policy, playbooks: readonly Playbook[]): void {
  for (const sentence of strangePlaybooks(policy, playbooks))
    process.stderr.write(`firebreak: note: ${file}: ${sentence}\n`);
}
