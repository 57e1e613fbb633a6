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
type Manager = z.infer<typeof gitOps>['manager'];

/** How each is called among people, at the beginning of a sentence as within. */
export const managerNames = {
  'argo-cd': 'Argo CD',
  flux: 'Flux',
  helm: 'Helm',
  fleet: 'Fleet',
  kapp: 'kapp',
  'config-sync': 'Config Sync',
  olm: 'Operator Lifecycle Manager',
  'addon-manager': 'Addon Manager',
  terraform: 'Terraform',
} as const satisfies Record<Manager, string>;
