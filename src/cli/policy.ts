import { loadPolicy } from '../config.ts';
import { policySchema } from '../policy/schema.ts';
import { policyTest, policyTestUsage } from './policy-test.ts';
import type { Verb } from './verb.ts';

const policyUsage = `  policy check FILE
      Reads a policy as the start does; says what is wrong with it by file, line and column.

  policy schema
      Prints the JSON Schema of the policy file, for editors.

${policyTestUsage}`;

export const policyVerb: Verb = { usage: policyUsage, run: policyCommand };

/** `firebreak policy <verb>`; resolves to the exit code. */
async function policyCommand(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args;
  switch (verb) {
    case 'check':
      return check(rest);
    case 'test':
      return policyTest(rest);
    case 'schema':
      process.stdout.write(policySchema());
      return 0;
    default:
      process.stderr.write(policyUsage);
      return 2;
  }
}

/** @throws ConfigFault with every problem of the file */
function check([file, ...rest]: readonly string[]): number {
  if (file === undefined || rest.length > 0) {
    process.stderr.write('firebreak policy check: name one file.\n');
    return 2;
  }
  loadPolicy(file, 'policy check');
  process.stdout.write(`${file} is a valid policy.\n`);
  return 0;
}
