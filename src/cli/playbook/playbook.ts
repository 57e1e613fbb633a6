import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadPlaybook, loadPlaybooks, loadPolicy, processEnvironment } from '../../config.ts';
import { ConfigFault } from '../../config-fault.ts';
import { patternLike } from '../../policy/pattern-like.ts';
import { noteStrange } from '../note-strange.ts';
import type { Verb } from '../verb.ts';
import { playbookTest, playbookTestUsage } from './test.ts';
import { playbookTry, playbookTryUsage } from './try.ts';

const usage = `  playbook check FILE|FOLDER ... [--policy FILE]
      Reads playbooks as the start does; says what is wrong with them by file, line and column. With a policy (or
      FIREBREAK_POLICY) and a folder, notes which of those that the policy trusts are not there. Notes values that are
      written as patterns, which match nothing.

${playbookTryUsage}
${playbookTestUsage}`;

export const playbookVerb: Verb = { usage, run: playbookCommand };

/** `firebreak playbook <verb>`; resolves to the exit code. */
async function playbookCommand(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args;
  switch (verb) {
    case 'check':
      return check(rest);
    case 'try':
      return playbookTry(rest);
    case 'test':
      return playbookTest(rest);
    default:
      process.stderr.write(usage);
      return 2;
  }
}

/** @throws ConfigFault with every problem of all files */
function check(args: readonly string[]): number {
  const options = { policy: { type: 'string' } } as const;
  const { values, positionals: places } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (places.length === 0) {
    process.stderr.write('firebreak playbook check: name a file or a folder.\n');
    return 2;
  }
  const problems: string[] = [];
  const found = places.flatMap((place) => {
    try {
      return isFolder(place) ? loadPlaybooks(place) : [loadPlaybook(place, 'playbook check')];
    } catch (fault) {
      if (!(fault instanceof ConfigFault)) throw fault;
      problems.push(...fault.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigFault(problems);
  process.stdout.write(
    `${found.length} valid ${found.length === 1 ? 'playbook' : 'playbooks'}: ${found.map(({ name }) => name).join(', ')}\n`,
  );
  for (const playbook of found)
    for (const sentence of patternLike(playbook))
      process.stderr.write(`firebreak: note: playbook ${playbook.name}: ${sentence}\n`);
  const file = values.policy ?? processEnvironment()['FIREBREAK_POLICY'];
  // A file is not all that there is.
  if (file && places.some(isFolder))
    noteStrange(file, loadPolicy(file, values.policy === undefined ? undefined : '--policy'), found);
  return 0;
}

const isFolder = (place: string): boolean =>
  statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
