import { describeTarget, rolloutKinds } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { objects, words } from '../../grammar/canonical.ts';
import { imageLeaf } from './image-leaf.ts';
import { readImages } from './read-images.ts';

/** The kinds leave out pods, which their controller would replace by others with the old image. */
export const setImageCommand: Command<'set image'> = {
  verb: 'set image',
  words: ['set', 'image'],
  kinds: rolloutKinds,
  names: 'several',
  otherWords: {},
  whyNot: () => '',
  flags: [],
  needs: [],
  isArgument: ({ text }) => text.includes('='),
  read: readImages,
  leaves: [imageLeaf],
  usage: 'kubectl set image deployment/NAME CONTAINER=IMAGE -n NAMESPACE',
  usageByKind: {},
  examples: ['set image deployment/web app=registry.example/web:1.2 -n shop'],
  help: 'run another image',
  done: 'image changed',
  print: ({ verb, target, images }) =>
    words(verb, objects(target), ...images.map(({ container, image }) => `${container}=${image}`)),
  phrase: ({ target, images }) =>
    `set ${images.length === 1 ? 'the image' : 'images'} of ${describeTarget(target)}`,
  // `token-sync=registry.example/sync:1` is no credential: the names of containers are left out.
  secretTexts: ({ images }) => images.map(({ image }) => image),
};
