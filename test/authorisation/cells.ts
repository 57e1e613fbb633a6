import { randomUUID } from 'node:crypto';
import { moved as movedRow } from '../../src/adapters/postgres/remediations/remediations.ts';
import { send } from '../../src/adapters/postgres/sql.ts';
import type { Action } from '../../src/domain/action.ts';
import type { Requester } from '../../src/domain/actor.ts';
import { type Remediation, remediation, type State } from '../../src/domain/remediation.ts';
import { noon } from '../fixtures/facts.ts';
import { digest, remediationIn } from '../fixtures/remediations.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  expected,
  type Identity,
  identities,
  impossible,
  type Operation,
  type Outcome,
  operations,
  type Tier,
  tiers,
} from './table.ts';
import { teamOf, userOf } from './workspace.ts';

export interface Cell {
  readonly tier: Tier;
  readonly state: State;
  readonly who: Identity;
  readonly operation: Operation;
}

/** All there can be, each once, and how many there cannot be. */
export function allCells(states: readonly State[]): {
  readonly cells: readonly Cell[];
  readonly impossible: number;
} {
  const all = tiers.flatMap((tier) =>
    states.flatMap((state) =>
      identities.flatMap(([who]) => operations.map((operation): Cell => ({ tier, state, who, operation }))),
    ),
  );
  const cells = all.filter(({ tier, state }) => impossible(tier, state) === undefined);
  return { cells, impossible: all.length - cells.length };
}

export const nameOf = ({ tier, state, who, operation }: Cell): string =>
  `${who}, ${operation}: ${tier}, ${state}`;

const requesterIs = (who: Identity): Requester => ({
  kind: 'person',
  actor: { userId: userOf(who), teamId: 'T0HOME' },
});

/** Who asked for the remediation of a cell: nobody for a rollback. */
function requestedBy({ who, operation }: Cell): Requester {
  if (operation === 'rollback') return { kind: 'rollback', of: randomUUID(), ofNumber: 1 };
  return requesterIs(who === 'requester and approver' ? who : 'requester');
}

/** Whose approval is there already. Where one is enough none can be: it would have been carried out. */
function votedBefore({ tier, who }: Cell): Identity | undefined {
  if (tier !== 'dual' && tier !== 'dual, two groups') return undefined;
  if (who === 'second approver' || who === 'third approver') return 'approver';
  return who === 'same person twice' || who === 'former approver' ? who : undefined;
}

export function namespaceOf({ tier }: Cell): string {
  return tier === 'dual, two groups' ? 'ledger' : 'shop';
}

const rolesOf = ({ tier }: Cell, voter: Identity): readonly string[] | null => {
  if (tier !== 'dual, two groups') return null;
  return voter === 'same person twice' ? ['first', 'other'] : ['first'];
};

/** A remediation of its own for a cell, as the store would have it. */
export async function place({ store, knex }: TestDatabase, cell: Cell): Promise<Remediation> {
  const namespace = namespaceOf(cell);
  const id = randomUUID();
  // A target of its own: two may not execute on one.
  const target = { kind: 'Deployment', namespace, name: `web-${id}` } as const;
  const action: Action = { verb: 'rollout restart', target };
  const { remediation: born } = await store.open(
    { id, action, requestedBy: requestedBy(cell) },
    randomUUID(),
  );
  const row = moved(born, action, cell);
  if (row !== born) await send(knex, movedRow(born, row));
  const voter = cell.state === 'waiting' ? votedBefore(cell) : undefined;
  if (voter !== undefined)
    await knex('approvals').insert({
      remediation_id: id,
      user_id: userOf(voter),
      team_id: teamOf(voter),
      decision: 'approve',
      digest,
      at: noon,
      checked_at: noon,
      roles: rolesOf(cell, voter),
    });
  return row;
}

function moved(born: Remediation, action: Action, { tier, state }: Cell): Remediation {
  if (state === 'requested') return born;
  const { id, number, incidentId, requestedBy: by } = born;
  const row = remediationIn(state, { id, number, incidentId, action, requestedBy: by });
  if (!('spec' in row) || row.spec === undefined) return row;
  return remediation.parse({ ...row, spec: { ...row.spec, tier: plain(tier) } });
}

const plain = (tier: Tier) => (tier === 'dual, two groups' ? 'dual' : tier);

export const outcomeIn = (cell: Cell): Outcome => expected(cell.tier, cell.who, cell.operation, cell.state);
