import type { Case } from '../../../domain/case.ts';
import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../../obstacle.ts';
import { workloadOf } from '../../subject.ts';
import { containersField, missingContainers } from '../containers.ts';
import { imageFlaw } from './image-reference.ts';

const rule = 'images-possible';

/** A container that is not there, one named twice, what is no image however it was asked for, or images that run already. */
export function precondition(judged: Case<'set image'>): readonly Obstacle[] {
  const workload = workloadOf(judged);
  if (workload === undefined) return noObstacle;
  const { target, images } = judged.action;
  const named = images.map(({ container }) => container);
  const missing = missingContainers(rule, judged, workload, named);
  if (missing.length > 0) return missing;
  const because = (sentence: string) => obstacles(rule, judged, containersField, sentence);
  const twice = named.find((container, index) => named.indexOf(container) !== index);
  if (twice !== undefined) return because(`The container ${twice} is named twice.`);
  const [flaw] = images.flatMap(({ image }) => flawOf(image));
  if (flaw !== undefined) return because(flaw);
  return images.every(({ container, image }) => runs(workload, container, image))
    ? because(`${nameOf(target)} already runs ${images.map(({ image }) => image).join(', ')}.`)
    : noObstacle;
}

function flawOf(image: string): string[] {
  const flaw = imageFlaw(image);
  return flaw === undefined ? [] : [`"${image}" ${flaw}`];
}

function runs({ containers }: WorkloadSubject, container: string, image: string): boolean {
  return containers.find(({ name }) => name === container)?.image === image;
}
