import type { Ending, IncidentStanding } from '../domain/incidents/ending.ts';
import type { Story } from '../domain/incidents/story.ts';

/** What is stored of incidents as wholes. */
export interface IncidentRecords {
  /** An incident with all that joined it, from its first signal on: by the id of any of them, or by a number. */
  story(incident: string | number): Promise<Story | undefined>;
  /** What decides whether an incident is over; undefined for one that is, or that is a part of another. */
  incidentStanding(incidentId: string): Promise<IncidentStanding | undefined>;
}

/** What a look at an incident came to, and as what it was seen. */
export interface Looked {
  readonly seen: IncidentStanding;
  readonly ending: Ending;
}
