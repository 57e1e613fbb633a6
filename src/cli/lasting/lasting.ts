import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kindOf } from '../../actions/action-kinds.ts';
import {
  changeRepository,
  type Form,
  type LineChange,
  type RepositoryChange,
} from '../../adapters/gitops/change.ts';
import type { HelmKey } from '../../adapters/gitops/charts/image-parts.ts';
import type { Files } from '../../adapters/gitops/files.ts';
import type { Wanted } from '../../adapters/gitops/writes.ts';
import { createClock } from '../../clock.ts';
import { isGroup } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import { type Judgement, judgeCommand } from '../../workflow/intake/evaluate-command.ts';
import { clusterAt, readFacts } from '../asked-cluster.ts';
import { printable } from '../explain.ts';
import { choosePolicy, placeOptions } from '../judging.ts';
import type { Verb } from '../verb.ts';
import { readCheckout } from './checkout.ts';

const usage = `  lasting "COMMAND" --repository DIR (--directory PATH | --kustomize PATH | --helm FILE --value FIELD=KEY ...)
          [--write] [--facts FILE | --kubeconfig FILE --context NAME | --sandbox [--folder DIR]]
      Names the smallest change of a checkout after which Git says what the command does to the cluster: file, line, and
      the line as it would be. Nothing is changed, unless --write is given: then the files of the checkout are. The cluster
      is only looked at.
      --directory: the manifests of a folder and those below it. --kustomize: what a folder's kustomization builds.
      --helm: a file of chart values; each --value names a key, such as spec.replicas=replicaCount, image[app]=app.image,
      image[app]:tag=image.tag or image[app]:repository=image.repository (or registry, or digest).
      Ends with 0 when there is a change or Git says so already, with 1 when the change has to be made by hand.
`;

/** `firebreak lasting` */
export const lastingVerb: Verb = { usage, run: lasting };

/** Milliseconds for looking at the cluster. Each call has a limit of its own, and what that ends is told as not known. */
const patience = 60_000;

const options = {
  ...placeOptions,
  repository: { type: 'string' },
  directory: { type: 'string' },
  kustomize: { type: 'string' },
  helm: { type: 'string' },
  value: { type: 'string', multiple: true },
  write: { type: 'boolean' },
  facts: { type: 'string' },
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
} as const;

async function lasting(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [command, ...more] = positionals;
  const form = formOf(values);
  const { repository } = values;
  if (command === undefined || more.length > 0 || repository === undefined || typeof form === 'string') {
    const why = typeof form === 'string' ? form : 'give one command, in quotes, and --repository';
    process.stderr.write(`firebreak lasting: ${why}.\n${usage}`);
    return 2;
  }
  const facts = values.facts === undefined ? {} : { facts: readFacts(values.facts) };
  const deps = {
    cluster: clusterAt(values),
    policy: () => choosePolicy(values).policy,
    clock: createClock(),
    newId: randomUUID,
  };
  const judged = await judgeCommand(deps, { command, ...facts }, AbortSignal.timeout(patience));
  if (judged.kind !== 'judged') {
    process.stderr.write(
      `${judged.kind === 'refused' ? judged.rendered : `firebreak lasting: ${judged.reason}`}\n`,
    );
    return 1;
  }
  return tell(
    changeFor(readCheckout(repository), form, casesOf(judged.judgement)),
    repository,
    values.write === true,
  );
}

function casesOf({ members, spec: { action }, facts }: Judgement): readonly Case[] {
  return members ?? (isGroup(action) ? [] : [{ action, facts }]);
}

/** One after the other, so that each sees the lines of those before. */
function changeFor(files: Files, form: Form, cases: readonly Case[]): RepositoryChange {
  const wanted: Wanted[] = [];
  for (const each of cases) {
    const lasts = kindOf(each.action.verb).lasting(each);
    if (lasts.kind === 'none') return { kind: 'refused', reason: lasts.reason };
    wanted.push({ ...lasts.object, fields: lasts.fields });
  }
  let all: RepositoryChange = { kind: 'already' };
  for (const each of wanted) {
    const before: Files = all.kind === 'changes' ? all.files : new Map();
    const next = changeRepository(new Map([...files, ...before]), form, each, wanted);
    if (next.kind === 'refused') return next;
    if (next.kind === 'already') continue;
    const lines: readonly LineChange[] = [...(all.kind === 'changes' ? all.lines : []), ...next.lines];
    all = { kind: 'changes', lines, files: new Map([...before, ...next.files]) };
  }
  return all;
}

function tell(change: RepositoryChange, repository: string, write: boolean): number {
  if (change.kind === 'refused') {
    process.stderr.write(`${printable(`To be changed by hand: ${change.reason}`)}\n`);
    return 1;
  }
  if (change.kind === 'already') {
    process.stdout.write('Git says so already.\n');
    return 0;
  }
  for (const { file, line, before, after } of change.lines)
    process.stdout.write(`${[`${file}:${line}`, `- ${before}`, `+ ${after}`].map(printable).join('\n')}\n`);
  if (write) for (const [file, text] of change.files) writeFileSync(join(repository, file), text);
  return 0;
}

type Given = {
  readonly directory?: string | undefined;
  readonly kustomize?: string | undefined;
  readonly helm?: string | undefined;
  readonly value?: readonly string[] | undefined;
};

/** Which of the three forms is meant; a text where it is not exactly one. */
function formOf({ directory, kustomize, helm, value = [] }: Given): Form | string {
  const forms: Form[] = [];
  if (directory !== undefined) forms.push({ form: 'directory', path: trimmed(directory), recurse: true });
  if (kustomize !== undefined) forms.push({ form: 'kustomize', path: trimmed(kustomize) });
  if (helm !== undefined) {
    const keys = value.map(keyOf);
    const wrong = value.find((_, index) => keys[index] === undefined);
    if (wrong !== undefined) return `--value "${wrong}" is not FIELD=KEY`;
    forms.push({ form: 'helm', file: trimmed(helm), keys: keys.flatMap((key) => key ?? []) });
  }
  const [form, second] = forms;
  return form === undefined || second !== undefined
    ? 'give one of --directory, --kustomize and --helm'
    : form;
}

const trimmed = (path: string): string =>
  path
    .replace(/^(\.?\/)+/, '')
    .replace(/^\.$/, '')
    .replace(/\/+$/, '');

/** `image[app]` is short for the image of the container app. */
function keyOf(text: string): HelmKey | undefined {
  const [left, key, ...more] = text.split('=');
  if (left === undefined || key === undefined || key === '' || more.length > 0) return undefined;
  const [name, part = 'whole', ...rest] = left.split(':');
  if (name === undefined || rest.length > 0 || !isPart(part)) return undefined;
  const container = /^image\[([a-z0-9-]+)\]$/.exec(name)?.[1];
  const field = container === undefined ? name : `spec.template.spec.containers[${container}].image`;
  return { field, key, part };
}

const isPart = (text: string): text is HelmKey['part'] =>
  ['whole', 'registry', 'repository', 'tag', 'digest'].includes(text);
