import type { Target } from '../../domain/action.ts';
import type { Drift } from '../../domain/effect.ts';
import { putBack } from '../no-effect.ts';

const onPod: Drift = { source: 'nothing', operator: 'put back' };

/** No pod is in the source of a GitOps tool: nothing there can be put back. */
export const driftOf = ({ kind }: Target): Drift => (kind === 'Pod' ? onPod : putBack);
