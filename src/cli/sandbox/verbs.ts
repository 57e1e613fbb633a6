import { parseArgs } from 'node:util';
import { processEnvironment } from '../../config.ts';
import { ConfigFault } from '../../config-fault.ts';
import type { Verb } from '../verb.ts';
import { fireAlert } from './fire-alert.ts';
import { kubeconfig, sandboxFolder, unusedPolicy } from './folder.ts';
import { runSandbox } from './sandbox.ts';

const sandboxUsage = `  sandbox [--scripted | --terminal] [--folder DIR] [--port N] [--workspace-port N]
      Firebreak with a workspace in the browser, a simulated cluster and a database of its own.
      --terminal takes this terminal in the place of the browser.
      --scripted plays one remediation of each tier in the terminal and ends.
      --folder keeps its state there instead of in .firebreak/sandbox.
      With KUBECONFIG set it uses that cluster instead of the simulated one.
`;

const alertUsage = `  alert [--namespace NS --pod POD] [--folder DIR]
      Fires a KubePodCrashLooping alert at a running sandbox, for a pod of it that crash loops or the one you name.
`;

export const sandboxVerb: Verb = { usage: sandboxUsage, run: sandbox };

export const alertVerb: Verb = { usage: alertUsage, run: alert };

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
  const unused = unusedPolicy(processEnvironment());
  if (unused !== undefined) process.stderr.write(`${unused}\n`);
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

async function alert(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { namespace: { type: 'string' }, pod: { type: 'string' }, folder: { type: 'string' } },
  });
  const { namespace, pod, folder } = values;
  const place = sandboxFolder({ ...kubeconfig(), folder });
  if (namespace !== undefined && pod !== undefined) return fireAlert(place, { namespace, pod });
  if (namespace === undefined && pod === undefined) return fireAlert(place, undefined);
  process.stderr.write(`firebreak alert: give both --namespace and --pod, or neither.\n${alertUsage}`);
  return 2;
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new ConfigFault([`"${text}" is not a port: give a number from 0 to 65535.`]);
}
