import { loadPolicy, processEnvironment } from '../config.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { sandboxPolicy } from './sandbox/folder.ts';

/** Whose cases and whose cluster: the environment's, or those of a sandbox, which may have a folder of its own. */
export interface Place {
  readonly sandbox?: boolean | undefined;
  readonly folder?: string | undefined;
}

/** The options that say so. */
export const placeOptions = { sandbox: { type: 'boolean' }, folder: { type: 'string' } } as const;

/** A policy, and in words where it comes from. */
export interface Chosen {
  readonly policy: Policy;
  readonly origin: string;
}

/** The policy of `--policy`, of FIREBREAK_POLICY, or of the sandbox; without any the defaults hold. */
export function choosePolicy({ policy, sandbox }: Place & { readonly policy?: string | undefined }): Chosen {
  if (policy !== undefined) return { policy: loadPolicy(policy, '--policy'), origin: policy };
  if (sandbox === true) return { policy: loadPolicy(sandboxPolicy), origin: sandboxPolicy };
  const file = processEnvironment()['FIREBREAK_POLICY'] || undefined;
  const origin = file ?? 'the defaults, because neither --policy nor FIREBREAK_POLICY names a file';
  return { policy: loadPolicy(file), origin };
}
