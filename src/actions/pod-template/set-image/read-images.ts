import { labelName } from '../../../domain/action.ts';
import type { Details, Given } from '../../grammar/details.ts';
import { quoted } from '../../grammar/display.ts';
import type { Objection } from '../../grammar/refusal.ts';
import { isObjection } from '../../grammar/refusal.ts';
import { mostContainers } from '../../grammar/values.ts';
import type { Word } from '../../grammar/word.ts';
import { imageFlaw } from './image-reference.ts';

interface ContainerImage {
  readonly container: string;
  readonly image: string;
}

/** `app=registry.example/app:1.2`, once for each container. */
export function readImages({ operands, end }: Given): Details | Objection {
  const images: ContainerImage[] = [];
  if (operands.length === 0) return badImage({ start: end, end }, '"set image" needs CONTAINER=IMAGE.');
  const tooMany = operands[mostContainers];
  if (tooMany) return badImage(tooMany, `At most ${mostContainers} images can be set in one command.`);
  for (const operand of operands) {
    const image = readImage(operand);
    if (isObjection(image)) return image;
    if (images.some(({ container }) => container === image.container))
      return badImage(operand, `Container ${quoted(image.container)} is given two images; give one.`);
    images.push(image);
  }
  return { fields: { images }, notes: [] };
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
  const flaw = imageFlaw(image);
  return flaw === undefined ? { container, image } : badImage(pair, `${quoted(image)} ${flaw}`);
}

function badImage({ start, end }: Pick<Word, 'start' | 'end'>, reason: string): Objection {
  return { code: 'bad-image', reason, span: { start, end } };
}
