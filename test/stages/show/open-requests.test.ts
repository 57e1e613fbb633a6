import { expect, test } from 'vitest';
import type { GitChange } from '../../../src/domain/manifest/git-change.ts';
import { openRequestsText } from '../../../src/stages/show/open-requests.ts';
import { commits, replicaLine } from '../../fixtures/memory-repositories.ts';

const place = {
  ...{ repository: 'https://git.example/shop', branch: 'main', path: 'apps', recurse: false },
  ...{ keys: [], selfHeal: true },
};
const changing = (...files: string[]): GitChange => ({
  ...({ kind: 'request', place, base: commits.base } as const),
  lines: files.map((file) => ({ ...replicaLine, file })),
});
const pull = {
  ...{ remediation: 1, branch: 'firebreak/remediation-1-a', number: 7 },
  ...{ url: 'https://git.example/shop/pull/7', files: ['web.yaml', 'web.yaml', 'values.yaml'] },
};
const merge = { ...pull, url: 'https://git.example/shop/-/merge_requests/7' };
const branch = { remediation: 2, branch: 'firebreak/remediation-2-b', files: ['web.yaml'] };

const firstPull =
  'Pull request #7 of remediation 1 is still open: https://git.example/shop/pull/7\nBoth change web.yaml; merge that one first, or close it.';
const thePull = (number: number) => firstPull.replace('remediation 1', `remediation ${number}`);

test.each<[string, GitChange | undefined, Parameters<typeof openRequestsText>[1], string]>([
  ['nothing where none is open', changing('web.yaml'), [], ''],
  ['nothing where it changes other files', changing('api.yaml'), [pull], ''],
  ['nothing where no request would carry it out', { kind: 'by hand', reason: 'An anchor.' }, [pull], ''],
  ['nothing where no repository is read', undefined, [pull], ''],
  ['its name, its link, the file and what to do', changing('web.yaml'), [pull], firstPull],
  [
    'all files that both change',
    changing('web.yaml', 'values.yaml', 'api.yaml'),
    [pull],
    firstPull.replace('change web.yaml', 'change values.yaml and web.yaml'),
  ],
  [
    'what GitLab calls it',
    changing('web.yaml'),
    [merge],
    'Merge request !7 of remediation 1 is still open: https://git.example/shop/-/merge_requests/7\nBoth change web.yaml; merge that one first, or close it.',
  ],
  [
    'the branch where there are no requests',
    changing('web.yaml'),
    [branch],
    'Branch firebreak/remediation-2-b of remediation 2 is not merged yet\nBoth change web.yaml; merge that one first, or delete it.',
  ],
  [
    'how many more there are than three',
    changing('web.yaml'),
    [1, 2, 3, 4].map((remediation) => ({ ...pull, remediation })),
    [...[1, 2, 3].map(thePull), '1 more such request is open.'].join('\n'),
  ],
  [
    'how many more there are than three, if they are several',
    changing('web.yaml'),
    [1, 2, 3, 4, 5].map((remediation) => ({ ...pull, remediation })),
    [...[1, 2, 3].map(thePull), '2 more such requests are open.'].join('\n'),
  ],
])('says %s', (_name, change, open, text) => {
  expect(openRequestsText(change, open)).toBe(text);
});
