import type { ActionOf } from '../../../domain/action.ts';
import type { Departure } from '../../../domain/departure.ts';

/** How the pods of a drained node are made to leave it. */
export function departure({ ignoreDaemonSets, deleteEmptyDirData, force }: ActionOf<'drain'>): Departure {
  return { by: 'eviction', ignoreDaemonSets, deleteEmptyDirData, force };
}
