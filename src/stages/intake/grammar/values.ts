import { imageReference, labelName } from '../../../domain/action.ts';
import { quantity, resourceNames } from '../../../domain/values.ts';
import { either, quoted } from './display.ts';
import type { Flag } from './flags.ts';
import type { Objection } from './refusal.ts';
import { isObjection } from './refusal.ts';
import type { Word } from './tokenise.ts';
import { partOf } from './tokenise.ts';

/** Kubernetes stores replicas as int32. */
const MOST_REPLICAS = 2_147_483_647;

/** As many images, and containers, as an Action may hold. */
const MOST_CONTAINERS = 20;

interface ContainerImage {
  readonly container: string;
  readonly image: string;
}

/** The namespace of `-n`. */
export function readNamespace(flag: Flag): { readonly namespace: string } | Objection {
  const value = flag.value?.text ?? '';
  if (labelName.safeParse(value).success) return { namespace: value };
  return badValue(flag, 'a namespace: lower case letters, digits and "-", at most 63');
}

export function readReplicas(flag: Flag): { readonly number: number } | Objection {
  return readNumber(flag, 0, MOST_REPLICAS, `a whole number from 0 to ${MOST_REPLICAS}`);
}

/** A limit of an autoscaler. */
export function readBound(flag: Flag): { readonly number: number } | Objection {
  return readNumber(flag, 1, MOST_REPLICAS, `a whole number from 1 to ${MOST_REPLICAS}`);
}

export function readRevision(flag: Flag): { readonly number: number } | Objection {
  const expected = 'a revision number from 1 on; leave the flag out for the revision before this one';
  return readNumber(flag, 1, Number.MAX_SAFE_INTEGER, expected);
}

/** `--cpu-percent=80`, or with its sign `--cpu=80%`. A bare number is milli-processors to kubectl (autoscale.go). */
export function readPercent(flag: Flag, sign: '' | '%'): { readonly number: number } | Objection {
  const text = flag.value?.text ?? '';
  const number = text.endsWith(sign) ? wholeNumber(text.slice(0, text.length - sign.length)) : undefined;
  if (number !== undefined && number >= 1 && number <= 1000) return { number };
  return badValue(flag, `percent of the requested processor time, such as ${flag.name}=80${sign}`);
}

/** As pflag reads a switch (strconv.ParseBool): `--x` alone is true. */
export function readSwitch(flag: Flag): { readonly on: boolean } | Objection {
  const text = flag.value?.text ?? 'true';
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return { on: true };
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return { on: false };
  return badValue(flag, 'true or false');
}

function readNumber(
  flag: Flag,
  least: number,
  most: number,
  expected: string,
): { readonly number: number } | Objection {
  const number = wholeNumber(flag.value?.text);
  if (number !== undefined && number >= least && number <= most) return { number };
  return badValue(flag, expected);
}

/**
 * Plain decimal without sign or leading zero, undefined for anything else. Go's own reading (strconv base 0) would
 * also take `010` as eight; a number must mean what it looks like.
 */
function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || text === '' || (text.startsWith('0') && text !== '0')) return undefined;
  for (const character of text) if (character < '0' || character > '9') return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The flag with what it needs and what it has. */
export function badValue(flag: Flag, expected: string): Objection {
  const got = flag.value === undefined ? 'nothing follows it' : `not ${quoted(flag.value.text)}`;
  return { code: 'flag-value', reason: `${flag.name} needs ${expected}; ${got}.`, span: flag.span };
}

/** `-c app,proxy`; undefined for `*`, which is all of them, as is no flag at all. */
export function readContainers(
  flag: Flag | undefined,
): { readonly containers?: readonly string[] } | Objection {
  if (flag === undefined || flag.value?.text === '*') return {};
  const names = (flag.value?.text ?? '').split(',');
  const good = names.every((name) => labelName.safeParse(name).success);
  if (good && names.length <= MOST_CONTAINERS && new Set(names).size === names.length)
    return { containers: names };
  return badValue(flag, 'names of containers, each once, joined by commas, or "*" for all of them');
}

/** `cpu=500m,memory=256Mi`. */
export function readQuantities(
  flag: Flag | undefined,
): { readonly amounts: Readonly<Record<string, string>> } | Objection {
  if (flag === undefined) return { amounts: {} };
  if (flag.value === undefined || flag.value.text === '')
    return badValue(flag, 'quantities such as cpu=500m,memory=256Mi');
  const amounts: Record<string, string> = {};
  let at = 0;
  for (const text of flag.value.text.split(',')) {
    const part = partOf(flag.value, at, at + text.length);
    at += text.length + 1;
    const read = readQuantity(part);
    if (isObjection(read)) return read;
    if (Object.hasOwn(amounts, read.name))
      return badPart(part, `${quoted(read.name)} is given twice; give it once.`);
    amounts[read.name] = read.amount;
  }
  return { amounts };
}

function readQuantity(part: Word): { readonly name: string; readonly amount: string } | Objection {
  const [name = '', amount = '', more] = part.text.split('=', 3);
  if (!resourceNames.some((known) => known === name))
    return badPart(part, `${quoted(name)} cannot be set here; what can is ${either(resourceNames)}.`);
  if (more === undefined && quantity.safeParse(amount).success) return { name, amount };
  return badPart(part, `${quoted(amount)} is not a quantity such as 500m, 1.5 or 256Mi.`);
}

function badPart({ start, end }: Word, reason: string): Objection {
  return { code: 'flag-value', reason, span: { start, end } };
}

/** `app=registry.example/app:1.2`, once for each container. */
export function readImages(
  pairs: readonly Word[],
): { readonly images: readonly ContainerImage[] } | Objection {
  const images: ContainerImage[] = [];
  const tooMany = pairs[MOST_CONTAINERS];
  if (tooMany) return badImage(tooMany, `At most ${MOST_CONTAINERS} images can be set in one command.`);
  for (const pair of pairs) {
    const image = readImage(pair);
    if ('code' in image) return image;
    if (images.some(({ container }) => container === image.container))
      return badImage(pair, `Container ${quoted(image.container)} is given two images; give one.`);
    images.push(image);
  }
  return { images };
}

function readImage(pair: Word): ContainerImage | Objection {
  const equals = pair.text.indexOf('=');
  const container = pair.text.slice(0, equals);
  const image = pair.text.slice(equals + 1);
  if (container === '*')
    return badImage(pair, 'All containers hardly run the same image; name each container.');
  if (!labelName.safeParse(container).success) {
    const reason = `${quoted(container)} is not a container name: lower case letters, digits and "-".`;
    return badImage(pair, reason);
  }
  if (imageReference.safeParse(image).success) return { container, image };
  return badImage(pair, `${quoted(image)} is not an image such as registry.example/app:1.2.`);
}

function badImage({ start, end }: Word, reason: string): Objection {
  return { code: 'bad-image', reason, span: { start, end } };
}
