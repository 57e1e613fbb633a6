import { imageReference, labelName, rolloutKinds } from '../../../domain/action.ts';
import { quoted } from '../../grammar/display.ts';
import { badPatch, leafOf, type PatchLeaf } from '../../grammar/patch-leaf.ts';
import { imageFlaw } from './image-reference.ts';

/** The image of one container, found by its name. */
export const imageLeaf: PatchLeaf = leafOf({
  shown: 'container images by name',
  kinds: rolloutKinds,
  isAt: ({ container }) => container !== undefined,
  read: ({ container = '', value, span, valueSpan }) => {
    if (!labelName.safeParse(container).success)
      return badPatch(span, `${quoted(container)} is not a container name.`);
    const image = imageReference.safeParse(value);
    if (!image.success) return badPatch(valueSpan, 'This is not an image such as registry.example/app:1.2.');
    const flaw = imageFlaw(image.data);
    return flaw === undefined
      ? { images: [{ container, image: image.data }] }
      : badPatch(valueSpan, `${quoted(image.data)} ${flaw}`);
  },
});
