import { z } from 'zod';
import { instant } from '../facts/facts.ts';

/** What the look over the chain keeps for the next one. Unknown keys are those of a newer version. */
export const watched = z.object({
  /** When it was first looked at: of what was before nothing is known. */
  since: instant,
  /** By its name, when a playbook matched an alert last, or was first there. */
  playbooks: z.record(z.string(), instant),
});
export type Watched = z.infer<typeof watched>;
