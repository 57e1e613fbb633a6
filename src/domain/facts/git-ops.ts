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
  /** Where the object has no mark, but the manager has written fields of it. */
  sign: z.literal('managedFields').optional(),
});
