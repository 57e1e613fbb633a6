import { describe, expect, test } from 'vitest';
import { type Playbook, playbook, type Trust } from '../../src/domain/incidents/playbook.ts';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import type { PolicyProposal, PolicyVote, TrustEvidence } from '../../src/domain/policy/proposal.ts';
import { asJson, canonicalJson } from '../../src/domain/text/json.ts';
import { after } from '../../src/domain/text/time.ts';
import { digestOf, type WorkflowContext } from '../../src/workflow/context.ts';
import type { PolicyProposals } from '../../src/workflow/trust/proposals-port.ts';
import { watchTrust } from '../../src/workflow/trust/propose.ts';
import { type PolicyBallot, votePolicy } from '../../src/workflow/trust/vote.ts';
import { noon } from '../fixtures/facts.ts';
import { createRig } from '../fixtures/rig.ts';

const restart = playbook.parse({
  version: 1,
  name: 'restart',
  description: 'Restart the workload whose pod is crash looping.',
  match: { labels: { alertname: 'KubePodCrashLooping' } },
  action: 'rollout restart {{kind}}/{{name}} -n {{namespace}}',
});
const place = { playbook: 'restart', environment: 'staging' };
const earned: Trust = { score: 0.9, samples: 20, successes: 19, lowerBound: 0.8 };

interface Situation {
  readonly trust?: object;
  readonly earned?: Trust | undefined;
  readonly playbooks?: readonly Playbook[];
  readonly approvers?: object;
  readonly environments?: object;
  readonly open?: Partial<PolicyProposal>;
  /** Somebody was quicker. */
  readonly meanwhile?: PolicyProposal['state'];
  /** It was proposed in the last days already. */
  readonly known?: boolean;
}

/** What is open and proposed, and the rest of the program over memory. */
function situation(wanted: Situation = {}) {
  const { context } = createRig();
  const digest = digestOf(context, restart);
  const evidence = { ...earned, minimum: 0.8, lasted: [1], playbookDigest: digest };
  const { score: _score, ...kept } = evidence;
  const shown: PolicyProposal = {
    ...place,
    ...{ number: 7, state: 'open', openedAt: noon, evidence: kept, digest: 'd'.repeat(64), votes: [] },
    ...wanted.open,
  };
  const told: {
    withdrawn: [number, string][];
    proposed: TrustEvidence[];
    votes: PolicyVote[];
    digests: string[];
  } = {
    ...{ withdrawn: [], proposed: [], votes: [], digests: [] },
  };
  const asked: object[] = [];
  const proposals: PolicyProposals = {
    environmentsOf: async () => ['staging'],
    lastedIn: async () => [9, 8],
    open: async () => (wanted.open === undefined ? [] : [shown]),
    find: async (number) => (number === shown.number ? shown : undefined),
    propose: async (_place, why, hash) => {
      told.proposed.push(why);
      told.digests.push(hash);
      return wanted.known !== true;
    },
    withdraw: async (number, why) => void told.withdrawn.push([number, why]),
    vote: async (_number, judge) => {
      const outcome = judge({ ...shown, state: wanted.meanwhile ?? shown.state });
      if (outcome.vote !== undefined) told.votes.push(outcome.vote);
      if (outcome.becomes === 'withdrawn') told.withdrawn.push([shown.number, outcome.why ?? '']);
      return outcome.answer;
    },
  };
  const { approvers = { human: { users: ['U0ANN'] }, dual: { users: ['U0BEN', 'U0CAT'] } } } = wanted;
  const { trust = { minimum: 0.8, alone: [] }, environments = {} } = wanted;
  const inForce: Policy = policy.parse({ version: 1, trust, approvers, environments });
  const store = {
    ...context.store,
    trust: async (name: string, by?: object) => {
      asked.push({ name, ...by });
      return 'earned' in wanted ? wanted.earned : earned;
    },
  };
  const diff = () => ({ kind: 'diff', text: '+one line' }) as const;
  const all: WorkflowContext = {
    ...context,
    ...{ store, policy: () => inForce, playbooks: () => wanted.playbooks ?? [restart] },
    proposing: { proposals, diff },
  };
  return { context: all, proposals, told, asked, digest };
}

const ballot = (userId: string, more: Partial<PolicyBallot> = {}): PolicyBallot => ({
  ...{ proposal: 7, digest: 'd'.repeat(64), actor: { userId, teamId: 'T0' }, decision: 'approve' },
  ...more,
});

const separate = {
  human: { users: ['U0ANN'] },
  dual: {
    separate: [
      { name: 'sre', users: ['U0BEN'] },
      { name: 'owners', users: ['U0CAT'] },
    ],
  },
};
const ben: PolicyVote = { userId: 'U0BEN', decision: 'approve', digest: 'd'.repeat(64), at: noon };

describe('a click on a proposal', () => {
  test.each<[string, PolicyBallot, Situation, string]>([
    ['of who may approve in two', ballot('U0BEN'), {}, 'Approved, 1 of 2. One more person must approve.'],
    ['of who may approve alone only', ballot('U0ANN'), {}, 'U0ANN is not an approver.'],
    ['of a stranger who rejects', ballot('U0ELSE', { decision: 'reject' }), {}, 'U0ELSE is not an approver.'],
    ['that rejects', ballot('U0CAT', { decision: 'reject' }), {}, 'You have rejected it.'],
    ['on what is not known', ballot('U0BEN', { proposal: 8 }), {}, 'This proposal is not known here.'],
    [
      'on what nothing speaks for any more',
      ballot('U0BEN'),
      { earned: { ...earned, lowerBound: 0.7 } },
      'Its trust has fallen to 0.70, and the policy asks for 0.8.',
    ],
    [
      'on what is over, whatever speaks for it',
      ballot('U0BEN'),
      { open: { state: 'rejected' }, earned: { ...earned, lowerBound: 0.7 } },
      'This proposal is rejected already.',
    ],
    [
      'when somebody was quicker',
      ballot('U0BEN'),
      { meanwhile: 'approved' },
      'This proposal is approved already.',
    ],
    [
      'of the same of two groups',
      ballot('U0BEN'),
      { approvers: separate, open: { votes: [{ ...ben, userId: 'U0OTHER', roles: ['sre'] }] } },
      'The two approvals must come from two groups, sre and owners; somebody of the other group must approve.',
    ],
    [
      'of the other of two groups',
      ballot('U0CAT'),
      { approvers: separate, open: { votes: [{ ...ben, roles: ['sre'] }] } },
      'Approved, 2 of 2: let the playbook restart run by itself in staging. The change of the policy is in the thread.',
    ],
    [
      'of who approves in that environment',
      ballot('U0DAN'),
      {
        environments: {
          staging: { match: { names: ['staging'] }, approvers: { dual: { users: ['U0DAN', 'U0EVE'] } } },
        },
      },
      'Approved, 1 of 2. One more person must approve.',
    ],
  ])('%s', async (_name, given, wanted, sentence) => {
    const { context } = situation(wanted);
    expect((await votePolicy(context, given)).sentence).toBe(sentence);
  });

  test('is kept with the person, the moment, and the groups', async () => {
    const { context, told } = situation({ approvers: separate });
    await votePolicy(context, ballot('U0BEN'));
    expect(told.votes).toEqual([{ ...ben, roles: ['sre'] }]);
    const plain = situation();
    await votePolicy(plain.context, ballot('U0BEN'));
    expect(plain.told.votes).toEqual([ben]);
  });

  test('of a stranger is written down, and nothing else', async () => {
    const { context, told } = situation();
    const denials: { command: string; by: { userId: string } }[] = [];
    const store = {
      ...context.store,
      recordDenied: async (each: (typeof denials)[number]) => void denials.push(each),
    };
    await votePolicy({ ...context, store }, ballot('U0ELSE', { decision: 'reject' }));
    expect(denials).toMatchObject([{ command: 'reject policy proposal 7', by: { userId: 'U0ELSE' } }]);
    expect([told.votes, told.withdrawn]).toEqual([[], []]);
  });

  test('withdraws what nothing speaks for any more', async () => {
    const { context, told } = situation({ playbooks: [] });
    await votePolicy(context, ballot('U0BEN'));
    expect(told).toMatchObject({ votes: [], withdrawn: [[7, 'There is no playbook restart any more.']] });
  });

  test('without proposals says so', async () => {
    const { context } = situation();
    const { proposing: _none, ...bare } = context;
    expect(await votePolicy(bare, ballot('U0BEN'))).toEqual({
      kind: 'refused',
      sentence: 'This proposal is not known here.',
    });
  });
});

const edited = {
  ...restart,
  description: 'Something else.',
  action: 'rollout undo {{kind}}/{{name}} -n {{namespace}}',
};
const earlier = (seconds: number) => after(noon, -seconds);
const look = async (wanted: Situation) => {
  const { context, proposals, told, asked, digest } = situation(wanted);
  const { store, playbooks, policy: inForce, clock, sha256 } = context;
  const infos: string[] = [];
  const log = { ...context.log, info: (_fields: object, sentence: string) => void infos.push(sentence) };
  const routine = watchTrust({ proposals, store, playbooks, policy: inForce, clock, sha256, log });
  const { result } = await routine.run(undefined, new AbortController().signal);
  return { result, told, asked, digest, infos, routine, sha256 };
};

describe('an hourly look', () => {
  test.each<[string, Situation, string | undefined]>([
    ['trust that is as high as it must be', {}, undefined],
    [
      'trust that is too low',
      { earned: { ...earned, lowerBound: 0.799 } },
      'Its trust has fallen to 0.80, and the policy asks for 0.8.',
    ],
    ['no trust', { earned: undefined }, 'Its trust has fallen to 0.00, and the policy asks for 0.8.'],
    ['a policy that does not ask', { trust: { minimum: 0.8 } }, 'The policy does not ask for it any more.'],
    ['a policy that names it', { trust: { minimum: 0.8, alone: [place] } }, 'The policy names it.'],
    [
      'a policy that names another place',
      { trust: { minimum: 0.8, alone: [{ ...place, environment: 'live' }] } },
      undefined,
    ],
    [
      'a policy that names another playbook',
      { trust: { minimum: 0.8, alone: [{ ...place, playbook: 'other' }] } },
      undefined,
    ],
    [
      'a playbook that is gone',
      { playbooks: [{ ...restart, name: 'other' }] },
      'There is no playbook restart any more.',
    ],
    ['a playbook that was edited', { playbooks: [edited] }, 'The playbook was edited.'],
    ['a week that is almost over', { open: { openedAt: earlier(168 * 3600 - 1) } }, undefined],
    [
      'a week that is over',
      { open: { openedAt: earlier(168 * 3600) } },
      'It was not approved within 168 hours, which is how long a proposal waits.',
    ],
    [
      'the hours of the policy that are almost over',
      { trust: { minimum: 0.8, alone: [], proposalHours: 2 }, open: { openedAt: earlier(2 * 3600 - 1) } },
      undefined,
    ],
    [
      'the hours of the policy that are over',
      { trust: { minimum: 0.8, alone: [], proposalHours: 2 }, open: { openedAt: earlier(2 * 3600) } },
      'It was not approved within 2 hours, which is how long a proposal waits.',
    ],
  ])('withdraws by %s', async (_name, wanted, why) => {
    const { told, result, infos } = await look({ open: {}, ...wanted });
    expect(told.withdrawn).toEqual(why === undefined ? [] : [[7, why]]);
    expect(result).toMatchObject({ withdrawn: why === undefined ? 0 : 1 });
    expect(infos.includes(`Withdrawn: ${why}`)).toBe(why !== undefined);
  });

  test.each<[string, Situation, number, number]>([
    ['what has earned as much as is asked for', {}, 1, 1],
    ['nothing that has earned less', { earned: { ...earned, lowerBound: 0.799 } }, 0, 0],
    ['nothing untried', { earned: undefined }, 0, 0],
    ['nothing where the policy does not ask', { trust: { minimum: 0.8 } }, 0, 0],
    ['nothing that the policy names', { trust: { minimum: 0.8, alone: [place] } }, 0, 0],
    ['for each playbook', { playbooks: [restart, { ...restart, name: 'again' }] }, 2, 2],
    ['nothing anew that was proposed before', { known: true }, 1, 0],
  ])('proposes %s', async (_name, wanted, tried, proposed) => {
    const { told, result, infos } = await look(wanted);
    expect(told.proposed).toHaveLength(tried);
    expect(result).toEqual({ proposed, withdrawn: 0 });
    expect(infos).toEqual(Array.from({ length: proposed }, () => 'Proposed to let a playbook run by itself'));
  });

  test('proposes with the evidence, which is what votes bind to', async () => {
    const { told, asked, digest, sha256, routine } = await look({});
    const evidence = {
      ...{ samples: 20, successes: 19, lowerBound: 0.8, minimum: 0.8, lasted: [9, 8] },
      playbookDigest: digest,
    };
    expect(told.proposed).toEqual([evidence]);
    expect(told.digests).toEqual([sha256(canonicalJson(asJson({ ...place, evidence })))]);
    expect(asked).toEqual([{ name: 'restart', environment: 'staging', digest, at: noon }]);
    expect(routine).toMatchObject({ name: 'trust', everySeconds: 3600, firstAfterSeconds: 60 });
  });

  test('withdraws by what was earned there', async () => {
    const { asked, digest } = await look({ open: {}, known: true });
    expect(asked[0]).toEqual({ name: 'restart', environment: 'staging', digest, at: noon });
  });
});
