import { z } from 'zod';

const minutes = (usual: number, least: number) => z.number().int().min(least).max(10_080).default(usual);

/** When an incident is over. */
export const incidentEnds = z.strictObject({
  quietMinutes: minutes(5, 0).describe(
    'An incident is closed when all of its alerts have been over, and nothing has been done about it, for so long: Alertmanager groups alerts for 5 minutes (group_interval).',
  ),
  healthyMinutes: minutes(60, 1).describe(
    'It is closed, too, when what it is about has been healthy for so long, whatever an alert still says.',
  ),
  silentHours: z
    .number()
    .int()
    .min(1)
    .max(8760)
    .default(24)
    .describe(
      'It is closed, too, when nothing was heard of its alerts for so long, neither that they fire nor that they are over, and what it is about is not known or not there. Where its cluster does not answer it takes seven times as long.',
    ),
  reopenMinutes: minutes(60, 0).describe(
    'An alert that comes within so many minutes after that opens the same incident again; a later one is a new incident.',
  ),
});
export type IncidentEnds = z.infer<typeof incidentEnds>;
