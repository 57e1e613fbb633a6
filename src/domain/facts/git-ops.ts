import { z } from 'zod';

/** Who else writes to the object and may undo us. */
export const gitOps = z.strictObject({
  manager: z.enum([
    'argo-cd',
    'flux',
    'helm',
    'fleet',
    'kapp',
    'config-sync',
    'olm',
    'addon-manager',
    'terraform',
  ]),
  name: z.string(),
  /**
   * Where the object has no mark that holds: the manager has written fields of it, or a mark tells it to leave the object
   * alone, which whoever may write the object can set and take back.
   */
  sign: z.enum(['managedFields', 'switched off']).optional(),
});
