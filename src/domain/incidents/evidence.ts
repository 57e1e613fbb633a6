import { z } from 'zod';
import { instant } from '../facts/facts.ts';

const texts = z.array(z.string());

/** What a cluster says of an object that an alert is about, in lines for people; untrusted text. */
const seen = z.strictObject({
  /** How its pods are. */
  pods: texts,
  /** The images of its containers, and those before them. */
  images: texts,
  /** Who wrote to it last, when and what; the latest first. */
  changes: texts,
  /** What its failing pods say: last log lines, how they ended, warning events. */
  story: z.string(),
  /** What was not answered in time or may not be read, each with the reason. */
  missing: texts,
});
export type Seen = z.infer<typeof seen>;

/** What was seen of an incident when it arrived. Redacted. */
export const evidence = seen.extend({ at: instant, target: z.string() });
export type Evidence = z.infer<typeof evidence>;

/** The same in a few lines, what matters most first; what is missing is named. */
export function shortEvidence({ pods, images, changes, missing }: Seen): string[] {
  return [
    ...pods,
    ...images,
    ...changes.slice(0, 2),
    ...(missing.length === 0 ? [] : [`Not seen: ${missing.join('; ')}`]),
  ];
}

/** All of it that has no place in the few lines. */
export const longEvidence = ({ changes, story }: Seen): string =>
  [...changes.slice(2), ...(story === '' ? [] : [story])].join('\n');
