import { listed } from '../../actions/sentence.ts';
import type { GitChange } from '../../domain/manifest/git-change.ts';
import type { OpenRequest } from '../../domain/manifest/open-request.ts';
import { requestName } from '../../domain/manifest/request-name.ts';

/** Requests that are named; the others are counted. */
const named = 3;

/** Which requests for the same objects are open and change a file of this change too, and what to do about each. */
export function openRequestsText(change: GitChange | undefined, open: readonly OpenRequest[]): string {
  if (change?.kind !== 'request') return '';
  const own = new Set(change.lines.map(({ file }) => file));
  const told = open.flatMap((request) => {
    const files = [...new Set(request.files)].filter((file) => own.has(file));
    return files.length === 0 ? [] : [sentenceOf(request, files)];
  });
  const more = told.length - named;
  return [
    ...told.slice(0, named),
    ...(more > 0 ? [`${more} more such ${more === 1 ? 'request is' : 'requests are'} open.`] : []),
  ].join('\n');
}

function sentenceOf(request: OpenRequest, files: readonly string[]): string {
  const name = requestName(request);
  const which = `${name.slice(0, 1).toUpperCase()}${name.slice(1)} of remediation ${request.remediation}`;
  const link = request.url === undefined ? '' : `: ${request.url}`;
  const [state, end] =
    request.number === undefined ? ['is not merged yet', 'delete it'] : ['is still open', 'close it'];
  return `${which} ${state}${link}\nBoth change ${listed(files)}; merge that one first, or ${end}.`;
}
