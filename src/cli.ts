import { parseArgs } from 'node:util';
import { evaluateCommand, evaluateUsage } from './cli/evaluate.ts';
import { policyCommand, policyUsage } from './cli/policy.ts';
import { replayCommand, replayUsage } from './cli/replay.ts';
import { fireAlert } from './cli/sandbox/fire-alert.ts';
import { runSandbox, sandboxFolder } from './cli/sandbox/sandbox.ts';
import { ConfigFault, processEnvironment } from './config.ts';

const usage = `firebreak <command>

  sandbox [--scripted | --terminal] [--folder DIR] [--port N] [--workspace-port N]
      Firebreak with a workspace in the browser, a simulated cluster and a database of its own.
      --terminal takes this terminal in the place of the browser.
      --scripted plays one remediation of each tier in the terminal and ends.
      --folder keeps its state there instead of in .firebreak/sandbox.
      With KUBECONFIG set it uses that cluster instead of the simulated one.

  alert [--namespace NS --pod POD] [--folder DIR]
      Fires a KubePodCrashLooping alert at a running sandbox, for a pod of it that crash loops or the one you name.

${evaluateUsage}
${policyUsage}
${replayUsage}`;

/** Runs one verb; resolves to the exit code. */
async function run(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args;
  switch (verb) {
    case 'sandbox':
      return sandbox(rest);
    case 'alert':
      return alert(rest);
    case 'evaluate':
      return evaluateCommand(rest);
    case 'replay':
      return replayCommand(rest);
    case 'policy':
      return policyCommand(rest);
    default:
      process.stderr.write(usage);
      return verb === undefined || verb === 'help' || verb === '--help' ? 0 : 2;
  }
}

async function sandbox(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scripted: { type: 'boolean' },
      terminal: { type: 'boolean' },
      folder: { type: 'string' },
      port: { type: 'string' },
      'workspace-port': { type: 'string' },
    },
  });
  const port = portOf(values.port);
  const workspacePort = portOf(values['workspace-port']);
  return runSandbox({
    face: values.scripted === true ? 'scripted' : values.terminal === true ? 'terminal' : 'browser',
    logLevel: 'warn',
    ...(values.folder === undefined ? {} : { folder: values.folder }),
    ...(port === undefined ? {} : { port }),
    ...(workspacePort === undefined ? {} : { workspacePort }),
    ...kubeconfig(),
  });
}

function kubeconfig(): { readonly kubeconfig?: string } {
  const path = processEnvironment()['KUBECONFIG'];
  return path === undefined || path === '' ? {} : { kubeconfig: path };
}

async function alert(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { namespace: { type: 'string' }, pod: { type: 'string' }, folder: { type: 'string' } },
  });
  const { namespace, pod, folder } = values;
  return fireAlert(
    sandboxFolder({ ...kubeconfig(), ...(folder === undefined ? {} : { folder }) }),
    namespace === undefined || pod === undefined ? undefined : { namespace, pod },
  );
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new ConfigFault([`"${text}" is not a port: give a number from 0 to 65535.`]);
}

if (import.meta.main) {
  try {
    process.exitCode = await run(process.argv.slice(2));
  } catch (fault) {
    process.stderr.write(`firebreak: ${fault instanceof Error ? fault.message : String(fault)}\n`);
    process.exitCode = 1;
  }
}
