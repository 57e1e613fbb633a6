import type { RequestLine } from '../../src/simulator/api/server.ts';
import type { PlannedCall, RemediationRow } from './ledger.ts';
import { reported } from './repository.ts';

/**
 * Every call that was answered changed the cluster once, however often it was sent, and no other call did: two evictions
 * of a pod, two Jobs or two restarts are each one change too many.
 */
export function writtenOnce(row: RemediationRow, requests: readonly RequestLine[]): string[] {
  return row.calls.flatMap((call, index) => {
    const count = requests.filter((request) => isWrite(request) && isOf(row, call, request)).length;
    // What is paused is put back by a write of its own.
    const times = index < row.paused ? 2 : 1;
    const expected = index < row.answered && !row.requested ? times : 0;
    return count === expected
      ? []
      : [`remediation ${row.number} did ${call.kind} ${pathOf(call)} ${count} times, not ${expected}`];
  });
}

/** Nothing was changed that is in no plan. */
export function unplanned(
  remediations: readonly RemediationRow[],
  requests: readonly RequestLine[],
): string[] {
  return requests
    .filter(isWrite)
    .filter((request) => !remediations.some((row) => row.calls.some((call) => isOf(row, call, request))))
    .map(({ method, path }) => `nobody planned ${method} ${path}`);
}

const isWrite = ({ changed, dryRun, path }: RequestLine): boolean => changed && !dryRun && path !== reported;

const methods = {
  patch: 'PATCH',
  strategicMerge: 'PATCH',
  delete: 'DELETE',
  create: 'POST',
  evict: 'POST',
} as const satisfies Record<PlannedCall['kind'], string>;

/** Deletions and evictions are sent without a field manager: there the object's path alone says whose they are. */
function isOf(row: RemediationRow, call: PlannedCall, request: RequestLine): boolean {
  const nameless = call.kind === 'delete' || call.kind === 'evict';
  return (
    request.method === methods[call.kind] &&
    request.path === pathOf(call) &&
    request.fieldManager === (nameless ? undefined : `firebreak/${row.id}`)
  );
}

/** What is made is posted to the list of its kind. */
function pathOf({ kind, ref }: PlannedCall): string {
  const { apiVersion, resource, namespace, name, subresource } = ref;
  const root = apiVersion.includes('/') ? ['apis', apiVersion] : ['api', apiVersion];
  const scope = namespace === undefined ? [] : ['namespaces', namespace];
  const object = kind === 'create' ? [] : [name, ...(subresource === undefined ? [] : [subresource])];
  return ['', ...root, ...scope, resource, ...object].join('/');
}
