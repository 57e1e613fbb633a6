import { afterAll, describe, test } from 'vitest';
import { freezeAt, killAt, summary } from './kill.ts';
import { roads } from './roads.ts';

afterAll(() => console.log(summary()));

const states = ['requested', 'evaluated', 'approved', 'executing', 'verifying', 'learning'] as const;
const around = (state: string): string[] => [`begin:${state}`, `worked:${state}`, `committed:${state}`];
const steps = states.flatMap(around);
/** Where people approve, the gate is committed with the last vote; where nobody does, it is a step of its own. */
const stepsOfPeople = steps.filter((step) => !step.endsWith(':approved'));
const writes = ['before-write', 'after-write'];
const posts = ['before-post', 'after-post'];
const votes = ['before-vote', 'after-vote'];

/** `point`, or `point#2` for its second occurrence. */
const haltOf = (name: string) => {
  const [point = '', occurrence = '1'] = name.split('#');
  return { point, occurrence: Number(occurrence) };
};

const matrix = {
  human: [...stepsOfPeople, ...writes, ...votes, ...posts, 'after-post#3'],
  dual: [
    ...votes,
    ...votes.map((vote) => `${vote}#2`),
    ...around('executing'),
    ...writes,
    'worked:learning',
    'after-post',
  ],
  alert: [
    ...around('received'),
    ...steps.filter((step) => !step.startsWith('committed')),
    'committed:approved',
    ...writes,
    ...posts,
  ],
  failing: ['worked:verifying#2', ...around('learning'), 'after-write', 'after-post#4', 'after-write#2'],
  // The writes are the cordon and three evictions, each in a step of its own; the last may be held up and sent again.
  drain: [
    'before-write#2',
    ...['after-write#2', 'after-write#3', 'after-write#4'],
    'worked:executing',
    ...['committed:executing', 'committed:executing#3'],
  ],
  // The writes are the template and a deletion, which waits for the controller; it is asked for once more after that.
  ordered: ['after-write', 'before-write#2', 'after-write#2', 'worked:executing', 'committed:executing'],
  // Four posts: the card without a button and three parts, each of them begun after the one before; then the button.
  shown: [
    ...['before-post#2', 'after-post#2', 'before-post#3', 'after-post#3', 'before-post#4', 'after-post#4'],
    ...around('waiting'),
    'after-post#5',
  ],
  job: writes,
  // The pause, the change, the request and the end of the pause, each once.
  emergency: ['after-write', 'after-write#2', 'after-request', 'after-pause-end'],
  // The request is opened, looked at, and the cluster after it: each is a step of its own.
  request: ['worked:approved', 'before-request', 'after-request', 'worked:pr_open', 'worked:pr_open#3'],
  rebased: ['before-rebase', 'after-rebase'],
  several: ['after-write', 'before-write#2', 'worked:executing'],
  severalFailing: ['worked:learning', 'committed:learning'],
} as const;

const named = [
  'human',
  'dual',
  'alert',
  'failing',
  'drain',
  'ordered',
  'shown',
  'job',
  'request',
  'rebased',
  'emergency',
  'several',
  'severalFailing',
] as const satisfies (keyof typeof roads)[];

describe.concurrent.each(named)('killed on the %s road', (road) => {
  test.each(matrix[road].map((name) => [name] as const))('at %s', async (name) => {
    await killAt(roads[road], haltOf(name));
  });
});

/* The others are in test/matrix: each takes as long as a heartbeat needs to run out. */
describe.concurrent('stopped for longer than its claims last, it does nothing when it wakes', () => {
  test.each([
    ['human', 'begin:executing'],
    ['human', 'before-write'],
    ['request', 'before-request'],
    ['rebased', 'before-rebase'],
    ['emergency', 'before-pause-end'],
    ['human', 'worked:verifying'],
    ['human', 'before-post'],
    ['drain', 'before-write#2'],
    ['job', 'before-write'],
  ] as const)('on the %s road at %s', async (road, name) => {
    await freezeAt(roads[road], haltOf(name));
  });
});
