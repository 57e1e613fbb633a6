import type { Notice } from '../../domain/incidents/notice.ts';
import type { Aftermath } from '../../domain/manifest/emergency.ts';
import type { Remediation } from '../../domain/remediation.ts';
import type { DriftWatches } from '../drift/drift-watch.ts';
import type { Claim, Committed } from '../wake.ts';
import type { OpenRequests } from './open-request-port.ts';

/** What is left to do after an emergency, as it is stored. `steps`: how many there were. */
export interface StoredAftermath {
  readonly steps: number;
  readonly aftermath: Aftermath;
  /** When something of it is due next; undefined: all of it is done. */
  readonly dueAt: string | undefined;
}

/** One step of it: what it is now, when the next is due, and what people are told of it. */
export interface AftermathStep {
  readonly steps: number;
  readonly aftermath: Aftermath;
  readonly dueAt: string | undefined;
  /** What is told and logged; absent where nothing has happened. */
  readonly told?: Extract<Notice, { kind: 'reply' }>;
}

/** A step that is to be committed. */
export type Progress = Omit<AftermathStep, 'steps'>;

/** What is stored of what goes on after a change: the watch over it, the work that an emergency leaves, and requests. */
export interface Aftermaths extends DriftWatches, OpenRequests {
  /** Undefined where there was no emergency. */
  aftermath(remediationId: string): Promise<StoredAftermath | undefined>;
  /** Commits a step with what is told of it, if none was committed since it was read. */
  settleAftermath(row: Remediation, step: AftermathStep, claim?: Claim): Promise<Committed>;
}
