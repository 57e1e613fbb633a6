import type { Remediation } from '../../../domain/remediation.ts';

/** What an alert brought about waits behind what people asked for, until people have its card; whoever wakes its step. */
export const isUnasked = ({ requestedBy, state }: Pick<Remediation, 'requestedBy' | 'state'>): boolean =>
  requestedBy.kind === 'playbook' && (state === 'requested' || state === 'evaluated');

/** The same as a condition on a row of the table. */
export const unaskedRow = (row: string): string =>
  `(${row}.state in ('requested', 'evaluated') and ${row}.data -> 'requestedBy' ->> 'kind' = 'playbook')`;
