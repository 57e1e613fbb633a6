import { parseArgs } from 'node:util';
import { ConfigFault, processEnvironment } from './config.ts';
import { fireAlert } from './fire-alert.ts';
import { addressFile, runSandbox } from './sandbox.ts';

const usage = `firebreak <command>

  sandbox [--scripted] [--port N] [--workspace-port N]
      Firebreak with a workspace in the browser, a simulated cluster and a database of its own.
      --scripted plays one remediation of each tier in the terminal and ends.
      With KUBECONFIG set it uses that cluster instead of the simulated one.

  alert [--namespace NS --pod POD]
      Fires a KubePodCrashLooping alert at a running sandbox, for a pod of it that crash loops or the one you name.
`;

/** Runs one verb; resolves to the exit code. */
async function run(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args;
  switch (verb) {
    case 'sandbox':
      return sandbox(rest);
    case 'alert':
      return alert(rest);
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
      port: { type: 'string' },
      'workspace-port': { type: 'string' },
    },
  });
  const kubeconfig = processEnvironment()['KUBECONFIG'];
  return runSandbox({
    scripted: values.scripted ?? false,
    port: portOf(values.port, 3000),
    workspacePort: portOf(values['workspace-port'], 3111),
    logLevel: 'warn',
    ...(kubeconfig === undefined || kubeconfig === '' ? {} : { kubeconfig }),
  });
}

async function alert(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { namespace: { type: 'string' }, pod: { type: 'string' } },
  });
  const { namespace, pod } = values;
  return fireAlert(
    addressFile,
    namespace === undefined || pod === undefined ? undefined : { namespace, pod },
  );
}

function portOf(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
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
