import { alike, type Equivalent } from './equivalent.ts';

/** Of what actions are on the API. */
export const ofActions: readonly Equivalent[] = [
  ...alike('src/actions/jobs/create-job/calls.ts', 'What is no object has no metadata either.', [
    '!isJsonObject(template)',
    'false',
  ]),
  ...alike(
    'src/actions/nodes/drain/calls.ts',
    'A node whose pods are not known is not drained, and no pod has a budget that was not read.',
    ['[]', '["Stryker was here"]', 'const { unschedulable, tenants = [], budgets = [] } = node;'],
  ),
  ...alike('src/actions/nodes/drain/calls.ts', 'No two pods have the same name.', [
    'podName(a) < podName(b)',
    'podName(a) <= podName(b)',
  ]),
  ...alike('src/actions/nodes/taint/calls.ts', 'What is undefined is left out where it is sent.', [
    'value === undefined',
    'false',
  ]),
  ...alike(
    'src/actions/nodes/taint/calls.ts',
    'The API server keeps no taint without a key and an effect: only the compiler is told.',
    ["typeof key === 'string'", 'true'],
    ['[]', '["Stryker was here"]', 'return (Array.isArray(list) ? list : []).flatMap((raw) => {'],
    [
      '[]',
      '["Stryker was here"]',
      "return typeof key === 'string' && typeof effect === 'string' ? [{ key, effect, raw }] : [];",
    ],
  ),
  ...alike(
    'src/actions/pod-template/set-env/calls.ts',
    'A variable has a name: only the compiler is told.',
    ["typeof name === 'string'", 'true'],
    ["''", '"Stryker was here!"', "return typeof name === 'string' ? name : '';"],
  ),
  ...alike(
    'src/actions/pod-template/set-image/calls.ts',
    'A container that is not there was an obstacle before: only the compiler is told.',
    ['live === undefined', 'false'],
    ['[]', '["Stryker was here"]', 'if (live === undefined) return [];'],
  ),
  ...alike(
    'src/actions/pods/delete-pod/calls.ts',
    'A pod without a controller was an obstacle before: only the compiler is told.',
    ['owner === undefined', 'false'],
    ["''", '"Stryker was here!"'],
  ),
  ...alike(
    'src/actions/rollout/undo/calls.ts',
    'A revision that is not there was an obstacle before: only the compiler is told.',
    ["found.kind === 'none'", 'false'],
  ),
  ...alike(
    'src/actions/rollout/undo/calls.ts',
    'A workload has a template, and what a template is read from is there: only the compiler is told.',
    ['live === undefined', 'false'],
    ['revision.template === undefined', 'false'],
  ),
  ...alike(
    'src/actions/scaling/autoscale/calls.ts',
    'A target is asked for only where there is one, and stays where none is asked for.',
    ['cpu === undefined || bounds.cpu === undefined', 'cpu === undefined && bounds.cpu === undefined'],
    ['cpu === undefined', 'false', '...(cpu === undefined || bounds.cpu === undefined'],
    ['bounds.cpu === undefined', 'false'],
  ),
];
