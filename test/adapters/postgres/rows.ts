import { randomUUID } from 'node:crypto';
import type { Remediation } from '../../../src/domain/remediation.ts';
import type { Proposal } from '../../../src/workflow/proposal.ts';
import { happyRoad, requester, transitionTo } from '../../fixtures/remediations.ts';
import type { TestDatabase } from '../../support/database.ts';

let count = 0;

/** Ways to have rows in a test's database. Each has a target of its own, so that tests do not hold each other's. */
export function rowsOf(database: () => TestDatabase) {
  const proposal = (): Proposal => {
    count += 1;
    const target = { kind: 'Deployment', namespace: 'shop', name: `web-${count}` } as const;
    const action = { verb: 'rollout restart', target } as const;
    return { id: randomUUID(), action, requestedBy: { kind: 'person', actor: requester } };
  };

  const opened = async (of = proposal()): Promise<Remediation> =>
    (await database().store.open(of, randomUUID())).remediation;

  /** Moves a row along the road and answers it as it stands then. */
  const movedTo = async (state: (typeof happyRoad)[number], from?: Remediation): Promise<Remediation> => {
    let row = from ?? (await opened());
    for (const next of happyRoad.slice(0, happyRoad.indexOf(state) + 1)) {
      const transition = transitionTo(row, next);
      const committed = await database().store.transition(row, transition);
      if (committed !== 'committed') throw new Error(`the move to ${next} was ${committed}`);
      row = transition.next;
    }
    return row;
  };

  const jobsOf = async (id: string): Promise<{ kind: string; version: number; state: string }[]> => {
    const sql = `select data->>'kind' as kind, (data->>'version')::int as version, state::text
      from pgboss.job where data->>'id' = ? order by created_on`;
    return (await database().knex.raw(sql, [id])).rows;
  };

  return { proposal, opened, movedTo, jobsOf };
}
