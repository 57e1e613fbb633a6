import type { Verb } from './cli/verb.ts';

/** In the order in which they are told. Each loads only what it needs: a start of all takes twice as long. */
const verbs: readonly { readonly name: string; readonly load: () => Promise<Verb> }[] = [
  { name: 'sandbox', load: async () => (await import('./cli/sandbox/verbs.ts')).sandboxVerb },
  { name: 'alert', load: async () => (await import('./cli/sandbox/verbs.ts')).alertVerb },
  { name: 'evaluate', load: async () => (await import('./cli/evaluate.ts')).evaluateVerb },
  { name: 'lasting', load: async () => (await import('./cli/lasting/lasting.ts')).lastingVerb },
  { name: 'policy', load: async () => (await import('./cli/policy.ts')).policyVerb },
  { name: 'playbook', load: async () => (await import('./cli/playbook/playbook.ts')).playbookVerb },
  { name: 'audit', load: async () => (await import('./cli/audit.ts')).auditVerb },
  { name: 'receipt', load: async () => (await import('./cli/receipt/receipt.ts')).receiptVerb },
  { name: 'export', load: async () => (await import('./cli/export.ts')).exportVerb },
  { name: 'incident', load: async () => (await import('./cli/incident.ts')).incidentVerb },
  { name: 'stats', load: async () => (await import('./cli/stats.ts')).statsVerb },
  { name: 'schema', load: async () => (await import('./cli/schema.ts')).schemaVerb },
  { name: 'doctor', load: async () => (await import('./cli/doctor/doctor.ts')).doctorVerb },
  { name: 'replay', load: async () => (await import('./cli/replay.ts')).replayVerb },
];

const isHelp = (word: string | undefined): boolean => word === 'help' || word === '--help' || word === '-h';

/** Runs one verb; resolves to the exit code: 2 for what is not how it is used. */
async function run([first, ...rest]: readonly string[]): Promise<number> {
  const [name, asked] = isHelp(first) ? [rest[0], true] : [first, rest.some((word) => word === '--help')];
  const found = verbs.find((verb) => verb.name === name);
  if (found === undefined) return tellAll(name);
  const verb = await found.load();
  if (asked) {
    process.stdout.write(verb.usage);
    return 0;
  }
  try {
    return await verb.run(rest);
  } catch (fault) {
    if (!isUnknownArgument(fault)) throw fault;
    // What follows the first sentence is Node's advice to programmers.
    process.stderr.write(`firebreak ${name}: ${fault.message.split('. ')[0]}.\n${verb.usage}`);
    return 2;
  }
}

async function tellAll(unknown: string | undefined): Promise<number> {
  const usages = await Promise.all(verbs.map(async ({ load }) => (await load()).usage));
  const text = `firebreak <command>\n\n${usages.join('\n')}`;
  if (unknown === undefined) process.stdout.write(text);
  else process.stderr.write(`firebreak: there is no command "${unknown}".\n\n${text}`);
  return unknown === undefined ? 0 : 2;
}

function isUnknownArgument(fault: unknown): fault is Error {
  return fault instanceof Error && 'code' in fault && String(fault.code).startsWith('ERR_PARSE_ARGS');
}

/** Runs the command line; resolves to the exit code: 1 for a fault, told in one sentence, 2 for what is not how it is used. */
export async function firebreak(args: readonly string[]): Promise<number> {
  try {
    return await run(args);
  } catch (fault) {
    process.stderr.write(`firebreak: ${fault instanceof Error ? fault.message : String(fault)}\n`);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await firebreak(process.argv.slice(2));
