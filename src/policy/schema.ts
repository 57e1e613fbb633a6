import { z } from 'zod';
import { policy } from '../domain/policy/policy.ts';

/**
 * JSON Schema of the policy file, for editors: completion, types and hints while typing. Draft 7, because that is
 * what yaml-language-server reads. `firebreak policy schema` prints it; examples/policy.schema.json holds it.
 */
export function policySchema(): string {
  const schema = z.toJSONSchema(policy, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'Firebreak policy', ...schema }, null, 2)}\n`;
}
