import { taintText } from '../actions/nodes/taints.ts';
import type { GroupTarget, Request, Target } from './action.ts';

/**
 * The canonical kubectl form of what was asked: parsing it again gives the same. Shown on cards and stored in
 * automation_operation_log. Suspending and resuming have no verb in kubectl; the patch that does it is printed.
 */
export function printAction(asked: Request): string {
  const { target } = asked;
  const place = target.kind === 'Node' ? '' : ` -n ${target.namespace}`;
  return `kubectl ${command(asked)}${place}`;
}

function command(asked: Request): string {
  switch (asked.verb) {
    case 'delete pod':
    case 'delete job':
      return words(asked.verb, bare(asked.target));
    case 'cordon':
    case 'uncordon':
      return words(asked.verb, asked.target.name);
    case 'taint':
      // kubectl takes no node/NAME here (cmd/taint/taint.go, Complete).
      return words('taint node', asked.target.name, ...rest(asked));
    case 'drain':
      return words(
        'drain',
        asked.target.name,
        asked.ignoreDaemonSets && '--ignore-daemonsets',
        asked.deleteEmptyDirData && '--delete-emptydir-data',
        asked.force && '--force',
      );
    case 'suspend':
    case 'resume':
      return words('patch', objects(asked.target), '-p', quote(suspension(asked.verb)));
    case 'create job': {
      const { kind, name } = asked.target;
      return words('create job', asked.job, `--from=${kind.toLowerCase()}/${name}`);
    }
    default:
      return words(asked.verb, objects(asked.target), ...rest(asked));
  }
}

const suspension = (verb: 'suspend' | 'resume') => JSON.stringify({ spec: { suspend: verb === 'suspend' } });

type Detailed = Exclude<
  Request,
  {
    verb: 'delete pod' | 'delete job' | 'cordon' | 'uncordon' | 'drain' | 'suspend' | 'resume' | 'create job';
  }
>;

/** What stands behind the object, in a fixed order. */
function rest(asked: Detailed): readonly (string | false)[] {
  switch (asked.verb) {
    case 'rollout undo':
      return [asked.toRevision !== undefined && `--to-revision=${asked.toRevision}`];
    case 'scale':
      return [
        `--replicas=${asked.replicas}`,
        asked.currentReplicas !== undefined && `--current-replicas=${asked.currentReplicas}`,
      ];
    case 'set image':
      return asked.images.map(({ container, image }) => `${container}=${image}`);
    case 'taint': {
      const added = asked.add.map(taintText);
      const removed = asked.remove.map((each) => `${taintText(each)}-`);
      return [...added, ...removed, asked.overwrite && '--overwrite'];
    }
    case 'label':
    case 'annotate':
      return [
        ...asked.set.map(({ key, value }) => quote(`${key}=${value}`)),
        ...asked.remove.map((key) => `${key}-`),
        asked.overwrite && '--overwrite',
      ];
    case 'set env':
      return [
        ...asked.set.map(({ name, value }) => quote(`${name}=${value}`)),
        ...asked.remove.map((name) => `${name}-`),
        only(asked.containers),
      ];
    case 'set resources':
      return [
        quantities('limits', asked.limits),
        quantities('requests', asked.requests),
        only(asked.containers),
      ];
    case 'autoscale':
      return [
        asked.min !== undefined && `--min=${asked.min}`,
        `--max=${asked.max}`,
        asked.cpu !== undefined && `--cpu=${asked.cpu}%`,
      ];
    case 'patch':
      return ['--type=merge', '-p', quote(mergePatch(asked.fields))];
    default:
      return [];
  }
}

const words = (...all: readonly (string | false)[]): string =>
  all.filter((word) => word !== false && word !== '').join(' ');

const only = (containers: readonly string[] | undefined) =>
  containers !== undefined && `--containers=${containers.join(',')}`;

function quantities(flag: string, amounts: Readonly<Record<string, string | undefined>>): string | false {
  const pairs = Object.entries(amounts).flatMap(([name, amount]) =>
    amount === undefined ? [] : [`${name}=${amount}`],
  );
  return pairs.length > 0 && `--${flag}=${pairs.toSorted().join(',')}`;
}

/** `deployment/web`, `deployment/web deployment/api`, `deployment -l app=web`. */
function objects(target: Target | GroupTarget): string {
  const kind = target.kind.toLowerCase();
  if ('name' in target) return `${kind}/${target.name}`;
  if ('selector' in target) return `${kind} -l ${quote(target.selector)}`;
  return target.names.map((name) => `${kind}/${name}`).join(' ');
}

/** The same for a verb that has its kind in it: `web-0 web-1`, `-l app=web`. */
function bare(target: Target | GroupTarget): string {
  if ('name' in target) return target.name;
  return 'selector' in target ? `-l ${quote(target.selector)}` : target.names.join(' ');
}

/** Nested as the API takes it: `spec.minReadySeconds` becomes `{"spec":{"minReadySeconds":5}}`. */
function mergePatch(fields: readonly { readonly path: string; readonly value: string | number }[]): string {
  const root: Tree = new Map();
  for (const { path, value } of fields) plant(root, path.split('.'), value);
  return JSON.stringify(plain(root));
}

type Tree = Map<string, Tree | string | number>;

function plant(tree: Tree, [step = '', ...deeper]: readonly string[], value: string | number): void {
  if (deeper.length === 0) {
    tree.set(step, value);
    return;
  }
  const found = tree.get(step);
  const branch: Tree = found instanceof Map ? found : new Map();
  tree.set(step, branch);
  plant(branch, deeper, value);
}

function plain(tree: Tree): object {
  return Object.fromEntries(
    [...tree].map(([key, value]) => [key, value instanceof Map ? plain(value) : value]),
  );
}

/** As a POSIX shell would need it: plain words as they are, others in single quotes, or in double ones around a single. */
function quote(text: string): string {
  if (/^[-A-Za-z0-9_./:=@,%+]+$/.test(text)) return text;
  return text.includes("'") ? `"${text.replaceAll(/["\\$`]/g, '\\$&')}"` : `'${text}'`;
}
