import type { Approval } from '../domain/approval.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import type { Notice } from '../domain/incidents/notice.ts';
import type { SilenceShown } from '../domain/incidents/silence.ts';
import type { Stop } from '../domain/incidents/stop.ts';
import type { Storm } from '../domain/incidents/storm.ts';
import type { Place } from '../domain/incidents/story.ts';
import type { Aftermath } from '../domain/manifest/emergency.ts';
import type { Approvers } from '../domain/policy/policy.ts';
import type { PolicyProposal } from '../domain/policy/proposal.ts';
import type { Remediation } from '../domain/remediation.ts';
import type { End } from '../stages/show/story.ts';
import type { Headed, Open, Shown } from './shown.ts';

/** What a card, an incident message or a reply shows: everything the renderer needs, read at sending time. */
export type Content =
  | {
      readonly kind: 'card';
      readonly remediation: Remediation;
      readonly approvals: readonly Approval[];
      readonly approvers: Approvers;
      /** The name of its cluster, where there are several. */
      readonly cluster?: string;
      /** How success will be judged, in one sentence: people read it before they approve. */
      readonly verification: string;
      /** What would have put it into a lower tier, where something honestly would. */
      readonly counterfactual?: string;
      readonly supersededBy?: number;
      /** Where the card of that one is. */
      readonly successorAt?: Place;
      /** Why nothing is sent now, on the card of what has not ended. */
      readonly stopped?: Stop;
      /** What may have been meant instead, as commands; what is decided on; what differs from what was approved. */
      readonly commands?: readonly string[];
      readonly shown?: Shown;
      readonly comparison?: string;
      readonly headed?: Headed;
      /** While it waits and does not head its incident's thread: what else of that is not over. */
      readonly besides?: readonly Open[];
      /** While it waits: which requests for the same objects are open and change the same files. */
      readonly openRequests?: string;
      /** What an emergency has left to be done, and what became of it. */
      readonly aftermath?: Aftermath;
      /** The silence of its alerts, or that there are some to silence. */
      readonly silence?: SilenceShown | 'possible';
    }
  | { readonly kind: 'part'; readonly notice: Extract<Notice, { kind: 'part' }> }
  /** `cluster`: the name of the one that its alert is about, where there are several. */
  | {
      readonly kind: 'incident';
      readonly incident: Incident;
      readonly headed?: Headed;
      readonly cluster?: string;
    }
  | {
      readonly kind: 'direct';
      readonly remediation: Remediation;
      readonly cluster?: string;
      /** Where its card is, with everything else. */
      readonly place?: { readonly channel: string; readonly ts: string };
    }
  | { readonly kind: 'storm'; readonly storm: Storm }
  | { readonly kind: 'policy'; readonly proposal: PolicyProposal }
  | { readonly kind: 'end'; readonly end: End }
  /** `name`: of the file, without its ending. `command`: by which the same is printed. Redacted. */
  | {
      readonly kind: 'report';
      readonly title: string;
      readonly name: string;
      readonly markdown: string;
      readonly command: string;
    }
  | { readonly kind: 'reply'; readonly notice: Extract<Notice, { kind: 'reply' }> };
