import type { Knex } from 'knex';
import type { Alert } from '../../domain/incidents/incident.ts';
import type { Outcome } from '../../domain/incidents/outcome.ts';
import type { Trust } from '../../domain/incidents/playbook.ts';
import type { StormLine } from '../../domain/incidents/storm.ts';
import type { Candidate, Place } from '../../domain/policy/channels.ts';
import type { Clock, NewId, Sha256 } from '../../workflow/ports.ts';
import type { GoingOn } from './jobs/going-on.ts';
import type { Queue } from './jobs/queue.ts';

/** What the store is given. */
export interface Context {
  readonly knex: Knex;
  readonly queue: Queue;
  /** Absent in a process that runs no steps. */
  readonly goingOn?: GoingOn;
  /** The Slack channel that messages go to, where nothing else is said of what they are about. */
  readonly channel: string;
  /** Where messages about an object go; absent: to that channel. */
  readonly route?: (place: Place) => readonly Candidate[];
  /** The name of the cluster that proposals are for, where they do not say another. */
  readonly cluster: string;
  /** The names of all of them, where there are several. */
  readonly clusters?: readonly string[];
  /** Which cluster one of them is, once it has said so: names may be given twice. */
  readonly identity: (cluster: string) => string | undefined;
  /** What the cluster is called that an alert is about, as the alert says it; absent: there is one alone. */
  readonly clusterOf?: (alert: Alert) => string;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly sha256: Sha256;
  /** When so many incidents come that nothing is left to itself; the usual line where it is not given. */
  readonly stormLine?: () => StormLine;
  /** For how many minutes an incident that was closed is opened again; the usual ones where it is not given. */
  readonly reopenMinutes?: () => number;
  /** What the outcomes of a playbook, the oldest first, say of it at an instant. */
  readonly learn: (
    outcomes: readonly Outcome[],
    asked: { readonly at: string; readonly digest?: string | undefined },
  ) => Trust | undefined;
}
