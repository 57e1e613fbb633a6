import { labelName } from '../../../domain/action.ts';
import { quoted } from './display.ts';
import type { UsedFlag } from './flag-table.ts';
import type { Flag, ReadFlags } from './flags.ts';
import type { PairRule } from './pairs.ts';
import { ANNOTATIONS, LABELS, readPairs, readTaints, VARIABLES } from './pairs.ts';
import { readPatch } from './patch/patch.ts';
import type { Objection } from './refusal.ts';
import { isObjection } from './refusal.ts';
import type { Named } from './target.ts';
import type { Word } from './tokenise.ts';
import {
  badValue,
  readBound,
  readContainers,
  readImages,
  readPercent,
  readQuantities,
  readReplicas,
  readRevision,
  readSwitch,
} from './values.ts';
import type { VerbRule } from './verbs.ts';

/** What there is to read besides the objects. */
export interface Rest {
  readonly rule: VerbRule;
  readonly object: Named;
  /** Operands that are no objects: images, labels, variables, taints, the name of a new Job. */
  readonly pairs: readonly Word[];
  readonly flags: ReadFlags;
  /** Where a missing word would have stood. */
  readonly end: number;
}

/** The verb and its fields besides the target, still to be checked by the domain's schema. */
export interface Details {
  readonly fields: object;
  readonly notes: readonly string[];
}

/** Reads what belongs to the verb. Which flags belong to it has been settled before. */
export function readDetails(rest: Rest): Details | Objection {
  const { rule } = rest;
  switch (rule.command) {
    case 'delete':
      return withVerb(rest.object.kind === 'Job' ? 'delete job' : 'delete pod', {});
    case 'patch':
      return patchOf(rest);
    case 'taint':
      return taintsOf(rest);
    case 'label':
      return pairsOf(rest, LABELS);
    case 'annotate':
      return pairsOf(rest, ANNOTATIONS);
    case 'set env':
      return variablesOf(rest);
    default: {
      const fields = simpleDetails(rest);
      return isObjection(fields) ? fields : withVerb(rule.command, fields);
    }
  }
}

function simpleDetails(rest: Rest): object | Objection {
  const { rule, flags, pairs, end } = rest;
  switch (rule.command) {
    case 'rollout undo':
      return gathered(flags, { toRevision: ['to-revision', numberOf(readRevision)] });
    case 'scale':
      return gathered(flags, {
        replicas: ['replicas', numberOf(readReplicas)],
        currentReplicas: ['current-replicas', numberOf(readReplicas)],
      });
    case 'drain':
      return switches(flags, {
        ignoreDaemonSets: 'ignore-daemonsets',
        deleteEmptyDirData: 'delete-emptydir-data',
        force: 'force',
      });
    case 'set image':
      return imagesOf(pairs, end);
    case 'set resources':
      return resourcesOf(rest);
    case 'autoscale':
      return autoscalerOf(rest);
    case 'create job':
      return newJob(rest);
    default:
      return {};
  }
}

function withVerb(verb: string, fields: object, notes: readonly string[] = []): Details {
  return { fields: { verb, ...fields }, notes };
}

type FlagReader = (flag: Flag) => { readonly value: unknown } | Objection;

const numberOf =
  (read: (flag: Flag) => { readonly number: number } | Objection): FlagReader =>
  (flag) => {
    const found = read(flag);
    return isObjection(found) ? found : { value: found.number };
  };

/** A field for each flag that is there. */
function gathered(
  flags: ReadFlags,
  wanted: Readonly<Record<string, readonly [UsedFlag, FlagReader]>>,
): object | Objection {
  const fields: Record<string, unknown> = {};
  for (const [field, [as, read]] of Object.entries(wanted)) {
    const flag = flags.used.get(as);
    if (!flag) continue;
    const found = read(flag);
    if (isObjection(found)) return found;
    fields[field] = found.value;
  }
  return fields;
}

/** A field for each switch; off when it is not there. */
function switches(flags: ReadFlags, wanted: Readonly<Record<string, UsedFlag>>): object | Objection {
  const fields: Record<string, boolean> = {};
  for (const [field, as] of Object.entries(wanted)) {
    const flag = flags.used.get(as);
    const found = flag ? readSwitch(flag) : { on: false };
    if (isObjection(found)) return found;
    fields[field] = found.on;
  }
  return fields;
}

function imagesOf(pairs: readonly Word[], end: number): object | Objection {
  if (pairs.length > 0) return readImages(pairs);
  return { code: 'bad-image', reason: '"set image" needs CONTAINER=IMAGE.', span: { start: end, end } };
}

function pairsOf({ rule, pairs, flags, end }: Rest, of: PairRule): Details | Objection {
  const read = readPairs(of, pairs, rule.command, end);
  if (isObjection(read)) return read;
  const overwrite = switches(flags, { overwrite: 'overwrite' });
  return isObjection(overwrite) ? overwrite : withVerb(rule.command, { ...read, ...overwrite });
}

function taintsOf({ pairs, flags, end }: Rest): Details | Objection {
  const read = readTaints(pairs, end);
  if (isObjection(read)) return read;
  const { notes, ...taints } = read;
  const overwrite = switches(flags, { overwrite: 'overwrite' });
  return isObjection(overwrite) ? overwrite : withVerb('taint', { ...taints, ...overwrite }, notes);
}

/** Operands and `-e` mean the same; kubectl replaces what is there unless --overwrite=false. */
function variablesOf({ pairs, flags, end }: Rest): Details | Objection {
  const given: Word[] = [...pairs];
  for (const flag of flags.repeated) {
    if (!flag.value) return badValue(flag, 'VARIABLE=VALUE');
    given.push(flag.value);
  }
  const stdin = given.find(({ text }) => text === '-');
  if (stdin) {
    const reason = 'There is no input to read variables from; write VARIABLE=VALUE.';
    return { code: 'file', reason, span: { start: stdin.start, end: stdin.end } };
  }
  const read = readPairs(VARIABLES, given, 'set env', end);
  if (isObjection(read)) return read;
  const containers = readContainers(flags.used.get('containers'));
  if (isObjection(containers)) return containers;
  const overwrite = overwriting(flags.used.get('overwrite'));
  if (isObjection(overwrite)) return overwrite;
  const set = read.set.map(({ key, value }) => ({ name: key, value }));
  return withVerb('set env', { set, remove: read.remove, ...containers }, overwrite.notes);
}

function overwriting(flag: Flag | undefined): { readonly notes: readonly string[] } | Objection {
  if (!flag) return { notes: [] };
  const found = readSwitch(flag);
  if (isObjection(found)) return found;
  if (found.on)
    return { notes: [`${flag.name} has no effect: a variable that is there is always replaced.`] };
  const reason = 'A variable that is there is always replaced; --overwrite=false is not offered.';
  return { code: 'not-offered', reason, span: flag.span };
}

function resourcesOf({ flags, end }: Rest): object | Objection {
  const limits = readQuantities(flags.used.get('limits'));
  if (isObjection(limits)) return limits;
  const requests = readQuantities(flags.used.get('requests'));
  if (isObjection(requests)) return requests;
  const containers = readContainers(flags.used.get('containers'));
  if (isObjection(containers)) return containers;
  if (!flags.used.has('limits') && !flags.used.has('requests'))
    return missingFlag('"set resources" needs --limits or --requests.', end);
  return { limits: limits.amounts, requests: requests.amounts, ...containers };
}

function autoscalerOf({ object, flags }: Rest): object | Objection {
  const name = flags.used.get('name');
  if (name && !('name' in object && object.name === name.value?.text)) {
    const reason = 'An autoscaler is always named as what it scales here; leave --name out.';
    return { code: 'not-offered', reason, span: name.span, instead: '' };
  }
  const [cpu, percent] = [flags.used.get('cpu'), flags.used.get('cpu-percent')];
  if (cpu && percent)
    return {
      code: 'flag-repeated',
      reason: '--cpu and --cpu-percent say the same; give one.',
      span: percent.span,
    };
  const fields = gathered(flags, {
    min: ['min', numberOf(readBound)],
    max: ['max', numberOf(readBound)],
    cpu: cpu
      ? ['cpu', numberOf((flag) => readPercent(flag, '%'))]
      : ['cpu-percent', numberOf((flag) => readPercent(flag, ''))],
  });
  return isObjection(fields) ? fields : (crossed(fields, flags.used.get('min')) ?? fields);
}

function crossed(fields: object, min: Flag | undefined): Objection | undefined {
  const [least, most] = ['min' in fields ? fields.min : 0, 'max' in fields ? fields.max : 0];
  if (!min || typeof least !== 'number' || typeof most !== 'number' || least <= most) return undefined;
  return { code: 'flag-value', reason: `--min is ${least}, above --max, which is ${most}.`, span: min.span };
}

/** The new Job's name is a label of its pods too, so it is one. */
function newJob({ pairs, end }: Rest): object | Objection {
  const [name, extra] = pairs;
  if (!name)
    return {
      code: 'missing-target',
      reason: '"create job" needs the new Job\'s name.',
      span: { start: end, end },
    };
  if (extra) {
    const reason = `${quoted(extra.text)} is one word too many here; a Job runs what it was made from.`;
    return { code: 'extra-word', reason, span: { start: extra.start, end: extra.end }, instead: '' };
  }
  if (labelName.safeParse(name.text).success) return { job: name.text };
  const reason = `${quoted(name.text)} cannot name a Job: lower case letters, digits and "-", at most 63.`;
  return { code: 'bad-name', reason, span: { start: name.start, end: name.end } };
}

function patchOf({ object, flags, end }: Rest): Details | Objection {
  const flag = flags.used.get('patch');
  if (!flag) return missingFlag('"patch" needs -p.', end);
  const meaning = readPatch(object.kind, flag, flags.used.get('type'));
  if (isObjection(meaning)) return meaning;
  if (meaning.verb === 'patch' && !('name' in object)) {
    const reason = 'These fields are patched on one object at a time; send one command for each.';
    return { code: 'several-targets', reason, span: flag.span };
  }
  const notes = meaning.verb === 'patch' ? [] : [`The patch is understood as "${meaning.verb}".`];
  return { fields: meaning, notes };
}

function missingFlag(reason: string, end: number): Objection {
  return { code: 'flag-missing', reason, span: { start: end, end } };
}
