import type { Playbook, Trust } from '../../domain/incidents/playbook.ts';
import { usualProposalHours } from '../../domain/policy/budget.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { PolicyProposal, Trusted } from '../../domain/policy/proposal.ts';
import { asJson, canonicalJson } from '../../domain/text/json.ts';
import { after, isPast } from '../../domain/text/time.ts';
import { digestOf } from '../context.ts';
import type { Routine } from '../insight/routine.ts';
import type { Clock, Log, Sha256, Store } from '../ports.ts';
import type { PolicyProposals } from './proposals-port.ts';

/** Seconds between two looks. Trust falls with the outcome itself; this is for what is proposed because of it. */
const every = 3600;

interface Options {
  readonly proposals: PolicyProposals;
  readonly store: Pick<Store, 'trust'>;
  readonly playbooks: () => readonly Playbook[];
  readonly policy: () => Policy;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly log: Log;
}

/**
 * Proposes what high trust speaks for, and withdraws what it does not speak for any more. It lowers nothing: two people agree,
 * and whoever keeps the policy edits its file.
 */
export function watchTrust(options: Options): Routine {
  return {
    name: 'trust',
    everySeconds: every,
    firstAfterSeconds: 60,
    run: async () => {
      const withdrawn = await withdrawFallen(options);
      const proposed = await proposeEarned(options);
      return { result: asJson({ proposed, withdrawn }), lines: [] };
    },
  };
}

async function withdrawFallen(options: Options): Promise<number> {
  let count = 0;
  for (const proposal of await options.proposals.open()) {
    const { number, playbook } = proposal;
    const why = await whyNot(options, proposal);
    if (why === undefined) continue;
    await options.proposals.withdraw(number, why);
    options.log.info({ proposal: number, playbook }, `Withdrawn: ${why}`);
    count += 1;
  }
  return count;
}

/** Why nothing speaks for it any more, or that its time is over; undefined while it may be decided. */
export async function whyNot(
  {
    store,
    playbooks,
    policy,
    clock,
    sha256,
  }: Pick<Options, 'store' | 'playbooks' | 'policy' | 'clock' | 'sha256'>,
  place: PolicyProposal,
): Promise<string | undefined> {
  const demand = policy().trust;
  if (demand?.alone === undefined) return 'The policy does not ask for it any more.';
  if (isNamed(demand.alone, place)) return 'The policy names it.';
  const { proposalHours = usualProposalHours } = demand;
  if (isPast(after(place.openedAt, proposalHours * 3600), clock()))
    return `It was not approved within ${proposalHours} hours, which is how long a proposal waits.`;
  const playbook = playbooks().find(({ name }) => name === place.playbook);
  if (playbook === undefined) return `There is no playbook ${place.playbook} any more.`;
  const digest = digestOf({ sha256 }, playbook);
  if (digest !== place.evidence.playbookDigest) return 'The playbook was edited.';
  const trust = await store.trust(place.playbook, { environment: place.environment, digest, at: clock() });
  const lowerBound = trust?.lowerBound ?? 0;
  return lowerBound < demand.minimum
    ? `Its trust has fallen to ${lowerBound.toFixed(2)}, and the policy asks for ${demand.minimum}.`
    : undefined;
}

const isNamed = (alone: readonly Trusted[], { playbook, environment }: Trusted): boolean =>
  alone.some((each) => each.playbook === playbook && each.environment === environment);

async function proposeEarned(options: Options): Promise<number> {
  const { proposals, store, playbooks, policy, clock, sha256 } = options;
  const demand = policy().trust;
  if (demand?.alone === undefined) return 0;
  let count = 0;
  for (const playbook of playbooks()) {
    const digest = digestOf({ sha256 }, playbook);
    for (const environment of await proposals.environmentsOf(playbook.name)) {
      const place = { playbook: playbook.name, environment };
      if (isNamed(demand.alone, place)) continue;
      const trust = await store.trust(playbook.name, { environment, digest, at: clock() });
      if (trust === undefined || trust.lowerBound < demand.minimum) continue;
      if (await proposed(options, place, { trust, minimum: demand.minimum, digest })) count += 1;
    }
  }
  return count;
}

async function proposed(
  { proposals, sha256, log }: Options,
  place: Trusted,
  { trust, minimum, digest }: { readonly trust: Trust; readonly minimum: number; readonly digest: string },
): Promise<boolean> {
  const { samples, successes, lowerBound } = trust;
  const lasted = [...(await proposals.lastedIn(place))];
  const evidence = { samples, successes, lowerBound, minimum, lasted, playbookDigest: digest };
  const isFresh = await proposals.propose(
    place,
    evidence,
    sha256(canonicalJson(asJson({ ...place, evidence }))),
  );
  if (isFresh) log.info({ ...place, lowerBound }, 'Proposed to let a playbook run by itself');
  return isFresh;
}
