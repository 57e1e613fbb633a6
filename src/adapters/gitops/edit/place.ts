/** A key of a mapping, or an index of a list. */
export type Step = string | number;

/** One value of one document of a file. */
export interface Place {
  /** Index of the document in the file, from 0. */
  readonly document: number;
  readonly path: readonly Step[];
}

/** `spec.template.spec.containers[0].image`: a path as people read it. */
export function shown(path: readonly Step[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}
