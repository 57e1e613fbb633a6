import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createCluster } from '../adapters/kubernetes/cluster.ts';
import { connectFromKubeconfig } from '../adapters/kubernetes/connection.ts';
import { createClock } from '../clock.ts';
import { ConfigFault, loadPolicy, processEnvironment } from '../config.ts';
import type { Action } from '../domain/action.ts';
import { type Facts, facts as factsSchema } from '../domain/facts.ts';
import type { Tier } from '../domain/tier.ts';
import { readStrictYaml } from '../policy/strict-yaml.ts';
import { counterfactuals, counterfactualText } from '../stages/evaluate/counterfactual.ts';
import { evaluate } from '../stages/evaluate/evaluate.ts';
import { parseCommand } from '../stages/intake/command.ts';
import { renderRefusal } from '../stages/intake/grammar/render.ts';
import { localTimes } from '../workflow/circumstances.ts';
import { explain } from './explain.ts';

export const evaluateUsage = `  evaluate "COMMAND" [--facts FILE | --kubeconfig FILE --context NAME] [--policy FILE] [--json] [--exit-code]
      Judges a kubectl command and explains the score. Changes nothing. Facts come from the cluster, or from a file.
      The policy is that of --policy or FIREBREAK_POLICY. --json prints the whole spec.
      --exit-code ends with 0 for auto, 10 for human, 11 for dual, 12 for blocked.
`;

const exitCodes = { auto: 0, human: 10, dual: 11, blocked: 12 } as const satisfies Record<Tier, number>;

/** Milliseconds for looking at the cluster. */
const patience = 15_000;

const options = {
  facts: { type: 'string' },
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  policy: { type: 'string' },
  json: { type: 'boolean' },
  'exit-code': { type: 'boolean' },
} as const;

/** `firebreak evaluate`; resolves to the exit code. A command or file that is wrong is said on stderr: 1. */
export async function evaluateCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [command, ...more] = positionals;
  if (command === undefined || more.length > 0) {
    process.stderr.write(`firebreak evaluate: give one command, in quotes.\n${evaluateUsage}`);
    return 2;
  }
  const parsed = parseCommand(command);
  if (parsed.kind === 'refused') {
    process.stderr.write(`${renderRefusal(command, parsed.refusal)}\n`);
    return 1;
  }
  const policy = loadPolicy(values.policy ?? (processEnvironment()['FIREBREAK_POLICY'] || undefined));
  const { action } = parsed;
  const facts = values.facts === undefined ? await lookAt(action, values) : readFacts(values.facts);
  const now = createClock()();
  const circumstances = { local: localTimes(policy, now) };
  const spec = evaluate({ id: randomUUID(), now, action, facts, policy, circumstances });
  const outlook = counterfactualText(counterfactuals(spec, { action, facts, policy, circumstances }));
  process.stdout.write(
    values.json === true
      ? `${JSON.stringify({ spec, outlook, facts, circumstances }, null, 2)}\n`
      : explain(spec, outlook),
  );
  return values['exit-code'] === true ? exitCodes[spec.tier] : 0;
}

/** JSON is YAML too, so places are told for both. */
function readFacts(file: string): Facts {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (fault) {
    throw new ConfigFault([`--facts: the file ${file} cannot be read (${String(fault)}).`]);
  }
  const read = readStrictYaml(file, text, factsSchema);
  if (read.kind === 'refused') throw new ConfigFault(read.problems);
  return read.value;
}

async function lookAt(
  action: Action,
  {
    kubeconfig,
    context,
  }: { readonly kubeconfig?: string | undefined; readonly context?: string | undefined },
): Promise<Facts> {
  const file = kubeconfig ?? (processEnvironment()['KUBECONFIG'] || undefined);
  const connection = await connectFromKubeconfig({
    ...(file === undefined ? {} : { kubeconfig: file }),
    ...(context === undefined ? {} : { context }),
  });
  const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const cluster = createCluster({ name: connection.cluster, connection, log: silent });
  try {
    const gathered = await cluster.gather(action, AbortSignal.timeout(patience));
    if (gathered.kind !== 'facts') throw new ConfigFault([gathered.reason]);
    return gathered.facts;
  } finally {
    await cluster.close();
  }
}

const ignore = (): void => undefined;
