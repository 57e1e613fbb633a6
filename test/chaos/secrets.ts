import { createRandom } from './random.ts';

/** Secrets that workloads and alerts of a run carry about with them, of shapes that are to be known anywhere. */
export interface Planted {
  /** What must not be read anywhere. */
  readonly secrets: readonly string[];
  /** What a container writes before it crashes. */
  readonly lastWords: string;
  /** What somebody has left in an annotation of a workload. */
  readonly note: string;
  /** What an alert says. */
  readonly summary: string;
  /** What an admission webhook says when it refuses. */
  readonly refusal: string;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const alphabet = `${letters}${letters.toLowerCase()}0123456789`;

/** Other ones with each seed: none of them has ever opened anything. */
export function plantSecrets(seed: number): Planted {
  const random = createRandom(seed + 77);
  const word = (length: number, from = alphabet) =>
    Array.from({ length }, () => random.pick([...from]) ?? 'x').join('');
  const [password, github, bearer, access, api] = [
    word(20),
    `ghp_${word(36)}`,
    word(40),
    `AKIA${word(16, letters)}`,
    word(32),
  ];
  return {
    secrets: [password, github, bearer, access, api],
    lastWords: `level=error msg="cannot connect" url=postgres://app:${password}@db.shop.svc:5432/orders`,
    note: `rotate ${github} and ${access} soon`,
    summary: `crash looping; its request had Authorization: Bearer ${bearer}`,
    refusal: `admission webhook "quota.example" denied the request: quota API answered 403 for api_key=${api}`,
  };
}
