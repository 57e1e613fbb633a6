import type { Request } from '../../domain/action.ts';
import type { Actor, Requester } from '../../domain/actor.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import { nameNow, policyFor } from '../../domain/policy/in-cluster.ts';
import { type Askers, askersIn } from '../../domain/policy/requesters.ts';
import type { Remediation } from '../../domain/remediation.ts';
import { membershipsOf } from '../../stages/evaluate/whereabouts.ts';
import type { WorkflowContext } from '../context.ts';
import type { Occasion, Right } from '../ports.ts';

/** A person who asks, and where. */
export type Asking = Pick<Extract<Requester, { kind: 'person' }>, 'actor' | 'channel'>;

/** Where it has not been looked at, no label of the namespace is known. */
const unseen: Pick<Facts, 'namespace' | 'unknown'> = { unknown: [] };

/**
 * May this be asked for, as far as can be said before anything is looked at? Where that hangs on the labels of the
 * namespace, whoever might be allowed is let in, and `rightOnceSeen` decides.
 */
export async function rightToAsk(context: WorkflowContext, wanted: Wanted, asking: Asking): Promise<Right> {
  const rights = await rightsOf(context, askersOf(context, wanted, unseen), asking.actor, 'ask');
  const here = rights.map(({ askers, right }) => inChannel(askers, asking) ?? right);
  return (
    here.find(({ kind }) => kind === 'allowed') ??
    here.find(({ kind }) => kind === 'unknown') ??
    here[0] ?? { kind: 'refused', reason: 'The policy names nobody who may ask for this.' }
  );
}

/**
 * The right to ask once the namespace has been looked at, where that can make a difference. Labels that could not be
 * read are no way in: then every environment that it may be in has to agree.
 */
export async function rightOnceSeen(
  context: WorkflowContext,
  row: Pick<Remediation, 'action' | 'cluster' | 'requestedBy'>,
  facts: Facts,
): Promise<Right> {
  const { requestedBy } = row;
  if (requestedBy.kind !== 'person') return { kind: 'allowed' };
  if (askersOf(context, row, unseen).length === 1) return { kind: 'allowed' };
  const rights = await rightsOf(context, askersOf(context, row, facts), requestedBy.actor, 'gate');
  return all(rights.map(({ askers, right }) => inChannel(askers, requestedBy) ?? right));
}

/** May this person ask for such a change, wherever they are now? What is known of the namespace decides. */
export async function rightToAskAgain(
  context: WorkflowContext,
  row: Remediation,
  actor: Actor,
  occasion: Occasion,
): Promise<Right> {
  const facts = ('facts' in row ? row.facts : undefined) ?? unseen;
  const rights = await rightsOf(context, askersOf(context, row, facts), actor, occasion);
  return all(rights.map(({ right }) => right));
}

/** A change, and the cluster that it is for. */
type Wanted = { readonly action: Request; readonly cluster: string };

const askersOf = (
  context: WorkflowContext,
  { action, cluster }: Wanted,
  facts: Pick<Facts, 'namespace' | 'unknown'> & Partial<Pick<Facts, 'cluster'>>,
): readonly Askers[] => {
  const all = context.policy();
  const policy = policyFor(all, nameNow(all, cluster, facts.cluster));
  return askersIn(policy, membershipsOf(action, facts, policy));
};

async function rightsOf(
  context: WorkflowContext,
  possible: readonly Askers[],
  actor: Actor,
  occasion: Occasion,
): Promise<readonly { readonly askers: Askers; readonly right: Right }[]> {
  const people = await context.people();
  return Promise.all(
    possible.map(async (askers) => ({ askers, right: await people.mayAsk(actor, askers, occasion) })),
  );
}

function inChannel(askers: Askers, { channel }: Asking): Right | undefined {
  const channels = askers?.channels;
  if (channels === undefined || (channel !== undefined && channels.includes(channel))) return undefined;
  const reason = `This may be asked for only in ${channels.length === 1 ? 'the channel' : 'one of the channels'} ${channels.join(', ')}.`;
  return { kind: 'refused', reason };
}

function all(rights: readonly Right[]): Right {
  const age = Math.max(0, ...rights.map((right) => (right.kind === 'allowed' ? (right.age ?? 0) : 0)));
  return (
    rights.find(({ kind }) => kind === 'refused') ??
    rights.find(({ kind }) => kind === 'unknown') ?? { kind: 'allowed', age }
  );
}
