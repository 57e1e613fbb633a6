import type { Approval } from '../approval.ts';
import type { Alert } from '../incidents/incident.ts';
import type { Remediation } from '../remediation.ts';
import type { Json } from '../text/json.ts';

/** What a remediation teaches: that it helped, and that lasted; or that it did not. */
export const labels = ['verified', 'not_verified'] as const;
export type Label = (typeof labels)[number];

/** Why a remediation teaches nothing, each in a sentence of the data card. */
export const leftOut = {
  open: 'It is not over.',
  'not carried out': 'It was refused, rejected, withdrawn or replaced, or its time was over.',
  failed: 'It failed before anything could be verified.',
  inconclusive: 'Whether it helped could not be seen.',
  'too early': 'It was verified so short a time ago that it has not lasted yet.',
  'did not last': 'It was verified, and the same owner was acted on or failed again soon after.',
  'over the split': 'Its incident began before the day of the split and went on after it.',
  'other version': 'Another version of Firebreak has written it.',
} as const;
export type LeftOut = keyof typeof leftOut;

export const reasons = [
  'open',
  'not carried out',
  'failed',
  'inconclusive',
  'too early',
  'did not last',
  'over the split',
  'other version',
] as const satisfies readonly LeftOut[];

/** One remediation with all that was known and decided of it. All text in it is untrusted and not redacted yet. */
export interface Lived {
  readonly remediation: Remediation;
  /** The incident that it belongs to, or that this one is a part of, and when that began. */
  readonly incident: string;
  readonly incidentAt: string;
  readonly alert?: Alert;
  /** What was found out about the incident before anything was changed, the oldest first. */
  readonly evidence: readonly { readonly kind: string; readonly payload: Json }[];
  readonly votes: readonly Approval[];
  /** Of its line in automation_operation_log. */
  readonly detail?: string;
  readonly stderr?: string;
}

/** A row of the past: what it teaches with all that is known, or why it teaches nothing. */
export type Lesson =
  | { readonly kind: 'example'; readonly number: number; readonly label: Label; readonly lived: Lived }
  | { readonly kind: 'left out'; readonly number: number; readonly reason: LeftOut };

/** How many examples there are of the incidents that began on a day (`2026-03-01`, UTC). */
export interface ExamplesOfDay {
  readonly day: string;
  readonly count: number;
}
