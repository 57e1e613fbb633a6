import { expect, test } from 'vitest';
import { policy } from '../../src/domain/policy/policy.ts';
import { readStrictYaml } from '../../src/policy/strict-yaml.ts';

const read = (text: string) => readStrictYaml('policy.yaml', `version: 1\n${text}`, policy);

test('a weight that is not written is what it always was', () => {
  expect(policy.parse({ version: 1 }).weights).toEqual({
    availability: {
      outage: 40,
      allButOutage: 24,
      alreadyDown: 2,
      othersUnknown: 40,
      serviceOutage: 45,
      singleReplica: 20,
      leader: 15,
      growthPerDoubling: 4,
      lastNode: 30,
      nodeNotReady: 2,
      noPlace: 40,
      runsStop: 8,
      misrouted: 20,
      laterUpdates: 2,
    },
    data: {
      identity: 15,
      hostFiles: 10,
      emptyDir: 15,
      lostWork: 15,
      lostJob: 25,
      volumes: 25,
      deletedClaims: 60,
    },
    controlPlane: {
      apiGone: 60,
      askedByApiServer: 30,
      skippableWebhook: 12,
      systemPriority: 35,
      cordon: 45,
      uncordon: 10,
    },
    irreversibility: { noWayBack: 6, wayBack: 2, barePods: 40 },
    breadth: {
      podsPerDoubling: 1,
      entryPointsPerDoubling: 4,
      soleWorkloadsPerDoubling: 2,
      verticalAutoscaler: 1,
    },
    windows: { recentChangeMinutes: 10, failingStartsMinutes: 10 },
  });
});

test('one weight can be written alone', () => {
  const heavier = read('weights: { availability: { outage: 45 } }\n');
  const usual = policy.parse({ version: 1 }).weights;
  expect(heavier).toMatchObject({
    value: { weights: { ...usual, availability: { ...usual.availability, outage: 45 } } },
  });
});

test.each([
  [
    'a mistyped weight',
    'weights:\n  availability:\n    outtage: 50\n',
    '4:5: weights.availability: unknown key "outtage"; did you mean "outage"?',
  ],
  [
    'a weight in the wrong group',
    'weights:\n  data: { outage: 50 }\n',
    '3:11: weights.data: unknown key "outage"; there are identity, hostFiles, emptyDir, lostWork, lostJob, volumes, deletedClaims',
  ],
  [
    'a mistyped group',
    'weights: { breath: {} }\n',
    '2:12: weights: unknown key "breath"; did you mean "breadth"?',
  ],
  [
    'no points at all',
    'weights:\n  irreversibility:\n    wayBack: 0\n',
    '4:14: weights.irreversibility.wayBack: must be at least 1',
  ],
  [
    'an outage that runs by itself',
    'weights:\n  availability:\n    serviceOutage: 10\n',
    '4:20: weights.availability.serviceOutage: must be at least 11',
  ],
  [
    'points that only a block has',
    'weights:\n  data:\n    deletedClaims: 100\n',
    '4:20: weights.data.deletedClaims: must be at most 99',
  ],
  [
    'a breadth that does not grow',
    'weights:\n  breadth:\n    podsPerDoubling: 0\n',
    '4:22: weights.breadth.podsPerDoubling: must be at least 0.5',
  ],
  [
    'a part of a point',
    'weights:\n  data:\n    volumes: 24.5\n',
    '4:14: weights.data.volumes: must be a whole number, and is 24.5',
  ],
  [
    'a loss that is worse than an outage',
    'weights:\n  availability:\n    allButOutage: 41\n',
    '4:19: weights.availability.allButOutage: must not be more than outage, which is worse',
  ],
  [
    'an outage that is milder than a loss, at what was written',
    'weights:\n  availability:\n    outage: 20\n',
    '4:5: weights.availability.allButOutage: must not be more than outage, which is worse',
  ],
  [
    'volumes that are worse than deleted ones',
    'weights:\n  data:\n    volumes: 61\n',
    '4:14: weights.data.volumes: must not be more than deletedClaims, which is worse',
  ],
  [
    'a rollback that is worse than none',
    'weights:\n  irreversibility: { wayBack: 7 }\n',
    '3:31: weights.irreversibility.wayBack: must not be more than noWayBack, which is worse',
  ],
])('%s is refused', (_name, text, problem) => {
  expect(read(text)).toEqual({ kind: 'refused', problems: [`policy.yaml:${problem}`] });
});
