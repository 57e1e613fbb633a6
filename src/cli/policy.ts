import { parseArgs } from 'node:util';
import type { Asked } from '../adapters/http/alert-source.ts';
import { readJsonAlerts } from '../adapters/http/json-alerts.ts';
import { loadPlaybooks, loadPolicy, processEnvironment } from '../config.ts';
import { ConfigFault } from '../config-fault.ts';
import { type Alert, alertName } from '../domain/incidents/incident.ts';
import { policySchema } from '../policy/schema.ts';
import { subjectOf, targetOf } from '../stages/intake/alert-target.ts';
import { printable } from './explain.ts';
import { jsonIn } from './json-file.ts';
import { noteStrange } from './note-strange.ts';
import { policyTest, policyTestUsage } from './policy-test.ts';
import type { Verb } from './verb.ts';

const policyUsage = `  policy check FILE [--playbooks FOLDER] [--sample PAYLOAD.json [--format NAME]]
      Reads a policy as the start does; says what is wrong with it by file, line and column. With playbooks (or
      FIREBREAK_PLAYBOOKS), notes which of those that it trusts are not there. With a sample, says which alerts its format
      (jsonAlerts) reads in it, and what each is about.

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

/** @throws ConfigFault with every problem of the file, or of the sample */
function check(args: readonly string[]): number {
  const options = {
    sample: { type: 'string' },
    format: { type: 'string' },
    playbooks: { type: 'string' },
  } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) {
    process.stderr.write('firebreak policy check: name one file.\n');
    return 2;
  }
  const policy = loadPolicy(file, 'policy check');
  const { jsonAlerts: formats } = policy;
  process.stdout.write(`${file} is a valid policy.\n`);
  const folder = values.playbooks ?? processEnvironment()['FIREBREAK_PLAYBOOKS'];
  if (folder) noteStrange(file, policy, loadPlaybooks(folder));
  if (values.sample !== undefined)
    process.stdout.write(sampleRead(values.sample, { format: values.format, formats }));
  return 0;
}

/** @throws ConfigFault when nothing can be read in it */
function sampleRead(file: string, asked: Asked): string {
  const read = readJsonAlerts(jsonIn(file), asked);
  if (read.kind === 'refused') throw new ConfigFault([`${file}: ${read.reason}`]);
  const lines = [
    ...read.alerts.flatMap(alertLines),
    ...read.leftOut.map((sentence) => `Left out: ${sentence}`),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function alertLines(alert: Alert): string[] {
  const found = targetOf(alert);
  const pairs = (texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([name, value]) => `    ${name}: ${value}`);
  return [
    `${alertName(alert)} (${alert.status}) of ${alert.source}, ${alert.fingerprint}, since ${alert.startsAt}`,
    `  About: ${found.kind === 'none' ? found.reason : subjectOf(alert)}`,
    ...['  Labels:', ...pairs(alert.labels)],
    ...(Object.keys(alert.annotations).length === 0 ? [] : ['  Annotations:', ...pairs(alert.annotations)]),
  ];
}
