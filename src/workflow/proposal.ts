import type { Request } from '../domain/action.ts';
import type { Requester } from '../domain/actor.ts';
import type { Remediation } from '../domain/remediation.ts';

/** A remediation about to exist. */
export interface Proposal {
  readonly id: string;
  /** The name of the cluster that it is for; absent: of the default, or of the remediation that it comes of. */
  readonly cluster?: string;
  readonly action: Request;
  readonly requestedBy: Requester;
  readonly reason?: string;
  readonly replaces?: string;
  /** See Remediation: with it, it is opened only where nothing that is not over asks the same. */
  readonly anew?: Remediation['anew'];
}

/** A remediation of an owner that is not over, or was a short time ago: nothing else is proposed for that owner. */
export interface Engaged {
  readonly remediation: string;
  /** Absent while only the transaction that begins it knows of it. */
  readonly number?: number;
  readonly incident: string;
  readonly state: string;
  /** When it ended; absent while it has not. */
  readonly endedAt?: string;
}

/** The owner of what failed, and for how long after a remediation of it nothing else is proposed. */
export interface Owned {
  /** `cluster/namespace/Kind/name`. */
  readonly key: string;
  readonly coolDownSeconds: number;
  /** How many incidents a playbook may propose something for, where it says so. */
  readonly limits?: {
    readonly playbook: string;
    readonly perOwnerPerDay?: number | undefined;
    readonly perHour?: number | undefined;
  };
}

/** What triage of an incident came to. A proposal becomes `joined` where another remediation of the owner was first. */
export type Triage =
  | {
      readonly kind: 'proposal';
      readonly proposal: Proposal;
      readonly playbook: string;
      readonly owner: Owned;
    }
  | { readonly kind: 'joined'; readonly engaged: Engaged; readonly owner: Owned }
  /** `about`: the alert in a few words, for a list of many. `owner`: of what failed, where it was found. */
  | {
      readonly kind: 'no_action';
      readonly reason: string;
      readonly about?: string;
      readonly owner?: Pick<Owned, 'key'>;
    };
