import type { Ending, IncidentStanding } from '../domain/incidents/ending.ts';
import type { Place, Story } from '../domain/incidents/story.ts';
import type { RemediationIn } from '../domain/remediation.ts';
import type { AwaitingClusters } from './intake/awaiting-port.ts';
import type { Summary } from './summary.ts';

/** What is looked for in what was done. */
export interface LookBack {
  /** Of the command, the reasons and what was answered: all of them occur, each as it stands. */
  readonly terms: readonly string[];
  readonly playbook?: string;
  /** The user id of who asked or decided. */
  readonly person?: string;
  readonly since?: string;
  /** The name of its cluster. */
  readonly cluster?: string;
  readonly offset: number;
  readonly limit: number;
}

/** A remediation that was found; `place`: where its card is. */
export type Found = Summary & { readonly place?: Place };

/** What is stored of incidents as wholes. */
export interface IncidentRecords extends AwaitingClusters {
  /** An incident with all that joined it, from its first signal on: by the id of any of them, or by a number. */
  story(incident: string | number): Promise<Story | undefined>;
  /** Promises the report of an incident, by the root of it, as a file in its thread; once for each key. */
  promiseReport(incidentId: string, key: string): Promise<void>;
  /** What was done, the newest first. */
  lookBack(asked: LookBack): Promise<readonly Found[]>;
  /** What decides whether an incident is over; undefined for one that is, or that is a part of another. */
  incidentStanding(incidentId: string): Promise<IncidentStanding | undefined>;
  /** The remediations of an incident that wait for people. */
  waitingIn(incidentId: string): Promise<readonly RemediationIn<'waiting'>[]>;
}

/** What a look at an incident came to, and as what it was seen. */
export interface Looked {
  readonly seen: IncidentStanding;
  readonly ending: Ending;
}
