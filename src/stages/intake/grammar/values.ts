import { imageReference, labelName } from '../../../domain/action.ts';
import { quoted } from './display.ts';
import type { Flag } from './flags.ts';
import type { Objection } from './refusal.ts';
import type { Word } from './tokenise.ts';

/** Kubernetes stores replicas as int32. */
const MOST_REPLICAS = 2_147_483_647;

/** As many as an Action may hold. */
const MOST_IMAGES = 20;

interface ContainerImage {
  readonly container: string;
  readonly image: string;
}

/** The namespace of `-n`. */
export function readNamespace(flag: Flag): { readonly namespace: string } | Objection {
  const value = flag.value ?? '';
  if (labelName.safeParse(value).success) return { namespace: value };
  return badValue(flag, 'a namespace: lower case letters, digits and "-", at most 63');
}

export function readReplicas(flag: Flag): { readonly number: number } | Objection {
  const number = wholeNumber(flag.value);
  if (number !== undefined && number <= MOST_REPLICAS) return { number };
  return badValue(flag, `a whole number from 0 to ${MOST_REPLICAS}`);
}

export function readRevision(flag: Flag): { readonly number: number } | Objection {
  const number = wholeNumber(flag.value);
  if (number !== undefined && number > 0) return { number };
  return badValue(flag, 'a revision number from 1 on; leave the flag out for the revision before this one');
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

function badValue(flag: Flag, expected: string): Objection {
  const got = flag.value === undefined ? 'nothing follows it' : `not ${quoted(flag.value)}`;
  return { code: 'flag-value', reason: `${flag.name} needs ${expected}; ${got}.`, span: flag.span };
}

/** `app=registry.example/app:1.2`, once for each container. */
export function readImages(
  pairs: readonly Word[],
): { readonly images: readonly ContainerImage[] } | Objection {
  const images: ContainerImage[] = [];
  const tooMany = pairs[MOST_IMAGES];
  if (tooMany) {
    const span = { start: tooMany.start, end: tooMany.end };
    return { code: 'bad-image', reason: `At most ${MOST_IMAGES} images can be set in one command.`, span };
  }
  for (const pair of pairs) {
    const image = readImage(pair);
    if ('code' in image) return image;
    if (images.some(({ container }) => container === image.container)) {
      const reason = `Container ${quoted(image.container)} is given two images; give one.`;
      return { code: 'bad-image', reason, span: { start: pair.start, end: pair.end } };
    }
    images.push(image);
  }
  return { images };
}

function readImage(pair: Word): ContainerImage | Objection {
  const equals = pair.text.indexOf('=');
  const container = pair.text.slice(0, equals);
  const image = pair.text.slice(equals + 1);
  const span = { start: pair.start, end: pair.end };
  if (!labelName.safeParse(container).success) {
    return {
      code: 'bad-image',
      reason: `${quoted(container)} is not a container name: lower case letters, digits and "-".`,
      span,
    };
  }
  if (!imageReference.safeParse(image).success) {
    return {
      code: 'bad-image',
      reason: `${quoted(image)} is not an image such as registry.example/app:1.2.`,
      span,
    };
  }
  return { container, image };
}
