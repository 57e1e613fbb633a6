import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import type { User } from './credentials.ts';
import { identityOf } from './credentials.ts';
import type { KubectlResult } from './kubectl.ts';
import { runKubectl } from './kubectl.ts';

/** Runs kubectl against the shared control plane as a user. A refusal is a result; see `runKubectl`. */
export function kubectlAs(user: User, args: readonly string[], stdin?: string): Promise<KubectlResult> {
  const { kubectlPath, identities } = inject('controlPlane');
  const { kubeconfigPath } = identityOf(identities, user);
  return runKubectl({ path: kubectlPath, kubeconfigPath }, args, stdin);
}

/** Runs kubectl as the administrator and returns its output. Throws with what kubectl said when it fails. */
export async function kubectl(args: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await kubectlAs('admin', args, stdin);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/**
 * Applies files that several tests need, at the same time. kubectl looks and then creates: who is a moment later is told
 * that the object exists, or has changed, and applies once more, as a person would.
 */
export async function applyShared(...files: string[]): Promise<void> {
  const args = ['apply', ...files.flatMap((file) => ['-f', file])];
  for (let time = 1; ; time++) {
    const { code, stderr } = await kubectlAs('admin', args);
    if (code === 0) return;
    const isLate = stderr.includes('(AlreadyExists)') || stderr.includes('(Conflict)');
    if (!isLate || time === 5) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  }
}

/** Creates a namespace with a name of its own, such as `shop-3fa2c1`, so that test files do not meet. */
export async function freshNamespace(prefix: string): Promise<string> {
  const name = `${prefix}-${randomBytes(3).toString('hex')}`;
  await kubectl(['create', 'namespace', name]);
  return name;
}
