import { z } from 'zod';
import type { Target } from '../action.ts';
import type { Tier } from '../tier.ts';
import type { Place } from './story.ts';

/** When so much happens that nothing is left to itself. */
export const stormLine = z.strictObject({
  incidentsPerMinute: z
    .number()
    .int()
    .min(2)
    .max(100_000)
    .default(30)
    .describe(
      'So many incidents of different owners within a minute are a storm: their cause is most likely one that no restart mends. Nothing runs by itself then, and one message lists them.',
    ),
  unhealthyPercent: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(50)
    .describe(
      'So many percent of the workloads with half of their pods or more not ready, or with an open incident, are a storm as well.',
    ),
  unhealthyWorkloads: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(10)
    .describe('Fewer than so many are no storm, whatever share of a small cluster they are.'),
  quietMinutes: z
    .number()
    .int()
    .min(1)
    .max(1440)
    .default(5)
    .describe('A storm is over after so many minutes below these lines.'),
});
export type StormLine = z.infer<typeof stormLine>;

/** The workloads of a cluster that want pods, and those of which half or more are not ready. */
export interface WorkloadHealth {
  readonly workloads: number;
  readonly unhealthy: readonly Target[];
}

/** How many workloads are unhealthy or have an open incident, and of how many. */
export interface UnhealthyShare {
  readonly unhealthy: number;
  readonly workloads: number;
}

/** `30 of 60 workloads unhealthy`. */
export const shareText = ({ unhealthy, workloads }: UnhealthyShare): string =>
  `${unhealthy.toLocaleString('en-US')} of ${workloads.toLocaleString('en-US')} workloads unhealthy or with an open incident`;

/** What is proposed for one owner in a storm. */
export interface StormProposal {
  readonly remediation: string;
  readonly number: number;
  /** As kubectl has it. */
  readonly command: string;
  /** The name of its cluster, where there are several. */
  readonly cluster?: string;
  readonly state: string;
  readonly tier?: Tier;
  readonly score?: number;
  /** How many alerts are about this owner. */
  readonly alerts: number;
  /** The worst that one of them says; absent where none says one that is known. */
  readonly severity?: string;
  /** Ready pods of the workload when it was judged, and how many there should be. */
  readonly pods?: { readonly ready: number; readonly desired: number };
  /** That proposes it. */
  readonly playbook: string;
}

/** A storm as its one message tells it. */
export interface Storm {
  readonly number: number;
  readonly beganAt: string;
  readonly endedAt?: string;
  /** Of different owners, in all. */
  readonly incidents: number;
  /** The most that were seen; absent of a storm of incidents alone. */
  readonly share?: UnhealthyShare;
  /** The cluster of which that is the share, where there are several. */
  readonly cluster?: string;
  /** While it holds, the clusters whose share was too large when they were last seen: until that is over, it goes on. */
  readonly overLineIn?: readonly string[];
  /** The worst first: by the alerts' severity, by the share of pods that are not ready, by how many alerts there are. */
  readonly proposals: readonly StormProposal[];
  /** How many there are besides these. */
  readonly more: number;
  /** How many would have run by themselves. */
  readonly heldBack: number;
}

/** How a storm stands that holds now. */
export interface StormStanding
  extends Pick<Storm, 'beganAt' | 'incidents' | 'share' | 'cluster' | 'overLineIn'> {
  /** Of what its playbooks have proposed, how many wait for a person. */
  readonly waiting: number;
  /** Its one message; absent until that is posted. */
  readonly message?: Place;
}

/** Where a verdict says that a storm was why people are asked. */
export const stormSource = 'policy.yaml: storm.incidentsPerMinute';
export const shareSource = 'policy.yaml: storm.unhealthyPercent';
