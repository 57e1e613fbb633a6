import { z } from 'zod';

/** The labels of one alert: what is silenced is what has exactly these. */
export const labelSet = z.record(z.string(), z.string());
export type LabelSet = z.infer<typeof labelSet>;

/** A silence of the alerts of an incident, until the verdict of a remediation. */
export interface Silence {
  /** Stands in the comment of each silence that is made for it, which is how they are found again. */
  readonly id: string;
  readonly remediation: { readonly id: string; readonly number: number };
  /** User id of the approver who asked for it. */
  readonly by: string;
  readonly labels: readonly LabelSet[];
  /** At the latest, whatever becomes of Firebreak. */
  readonly endsAt: string;
  /** Why it is to be ended now; absent while it is wanted. */
  readonly over?: string;
}

/** What a card says of it. */
export interface SilenceShown {
  readonly by: string;
  readonly alerts: number;
  readonly endsAt: string;
  readonly state: 'wanted' | 'made' | 'ended';
}

/** Label sets that one silence covers at most. Each is a silence of its own in Alertmanager, where all are read at each alert. */
export const mostSilenced = 50;
