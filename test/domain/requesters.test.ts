import { describe, expect, test } from 'vitest';
import { environmentsOf } from '../../src/domain/policy/environment.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import {
  askersIn,
  everyApprover,
  everybodyConcerned,
  letsAllAskAll,
} from '../../src/domain/policy/requesters.ts';

const own = { users: ['U0OWN'] };
const live = { users: ['U0LIVE'] };
const data = { groups: ['S0DATA'] };
const of = (given: object) => policy.parse({ version: 1, ...given });

const shop = of({
  requesters: own,
  environments: {
    quiet: { match: { names: ['shop'] } },
    live: { match: { labels: { stage: 'live' } }, requesters: live },
    data: { match: { names: ['ledger'], labels: { kind: 'data' } }, requesters: data },
  },
});

describe('who may ask for a change in a namespace', () => {
  test.each<[string, string, Record<string, string> | undefined, readonly unknown[]]>([
    ['of no environment: the policy says', 'else', {}, [own]],
    ['of one that names nobody: the policy says', 'shop', {}, [own]],
    ['of one by its label', 'shop', { stage: 'live' }, [live]],
    ['of one by its name', 'ledger', {}, [data]],
    ['of two: the first of the policy', 'ledger', { stage: 'live' }, [live]],
    ['whose labels are not known', 'else', undefined, [live, data, own]],
    ['whose labels are not known, and its name decides nothing', 'shop', undefined, [live, data, own]],
    ['whose labels are not known, and its name decides', 'ledger', undefined, [live, data]],
  ])('%s', (_name, namespace, labels, expected) => {
    expect(askersIn(shop, environmentsOf(shop.environments, namespace, labels))).toEqual(expected);
  });

  test('is every full member where nothing is said', () => {
    expect(askersIn(of({}), [])).toEqual([undefined]);
  });
});

test.each<[string, object, boolean]>([
  ['nothing', {}, true],
  ['channels alone', { requesters: { channels: ['C0OPS'] } }, true],
  ['people', { requesters: own }, false],
  ['nobody', { requesters: { users: [] } }, false],
  ['a group', { requesters: { groups: ['S0OPS'] } }, false],
  ['people of a cluster', { clusters: { us: { requesters: own } } }, false],
  [
    'channels of a cluster and of an environment',
    {
      clusters: { us: { requesters: { channels: ['C0US'] } } },
      environments: { a: { match: { names: ['a'] }, requesters: { channels: ['C0A'] } } },
    },
    true,
  ],
  ['people of an environment', { environments: { a: { match: { names: ['a'] }, requesters: own } } }, false],
])('a policy that names %s lets all ask all: %s', (_name, given, expected) => {
  expect(letsAllAskAll(of(given))).toBe(expected);
});

test('everybody who may ask or approve anything anywhere is concerned', () => {
  const separate = [
    { name: 'one', users: ['U0ONE'] },
    { name: 'other', groups: ['S0OTHER'] },
  ];
  const approvers = { human: { users: ['U0HUMAN', 'U0OWN'] }, dual: { separate } };
  expect(everybodyConcerned({ ...shop, approvers: of({ approvers }).approvers })).toEqual({
    users: ['U0OWN', 'U0LIVE', 'U0HUMAN', 'U0ONE'],
    groups: ['S0DATA', 'S0OTHER'],
  });
  expect(everybodyConcerned(of({ approvers }))).toBeUndefined();
});

test('approvers are those of the policy, of its environments, its clusters and of annotations that it believes', () => {
  const chosen = of({
    approvers: { human: { users: ['U0HUMAN'] }, dual: { users: ['U0DUAL'], groups: ['S0DUAL'] } },
    environments: {
      none: { match: { names: ['a'] } },
      live: { match: { names: ['b'] }, approvers: { human: { users: ['U0LIVE', 'U0HUMAN'] } } },
    },
    clusters: { us: { approvers: { dual: { groups: ['S0US'] } } }, eu: {} },
    annotatedApprovers: [{ namespaces: ['shop'], groups: ['S0TEAM', 'S0US'] }],
  });
  const users = ['U0HUMAN', 'U0DUAL', 'U0LIVE'];
  const groups = ['S0DUAL', 'S0US', 'S0TEAM'];
  expect(everyApprover(chosen)).toEqual({ users, groups });
  expect(everybodyConcerned({ ...chosen, requesters: own })).toEqual({ users: ['U0OWN', ...users], groups });
  const { annotatedApprovers: _annotated, clusters: _clusters, ...older } = chosen;
  expect(everyApprover(older)).toEqual({ users, groups: ['S0DUAL'] });
});

test('an environment or a cluster that lets everybody ask concerns everybody', () => {
  const open = { requesters: { channels: ['C0OPS'] } };
  const [named, a] = [{ requesters: own }, { match: { names: ['a'] } }];
  expect(everybodyConcerned(of({ ...named, environments: { a: { ...a, ...open } } }))).toBeUndefined();
  expect(everybodyConcerned(of({ ...named, clusters: { us: open } }))).toBeUndefined();
});

test.each<[string, object, RegExp]>([
  ['nothing', {}, /must name users, groups or channels; leave it out to let every full member ask/],
  ['no channel', { channels: [] }, /must name a channel; leave it out/],
  ['a name for a channel', { channels: ['#ops'] }, /must be a Slack channel id such as C012AB3CD/],
  ['a direct message', { channels: ['D012AB3CD'] }, /must be a Slack channel id/],
  ['a name for a user', { users: ['alice'] }, /must be a Slack user id such as U012AB3CD/],
  ['a name for a group', { groups: ['oncall'] }, /must be a Slack user group id such as S012AB3CD/],
  ['a key that is none', { roles: [] }, /Unrecognized key/],
])('requesters with %s are refused', (_name, requesters, message) => {
  for (const given of [{ requesters }, { environments: { a: { match: { names: ['a'] }, requesters } } }]) {
    const read = policy.safeParse({ version: 1, ...given });
    expect(read.error?.issues[0]?.message).toMatch(message);
  }
});
