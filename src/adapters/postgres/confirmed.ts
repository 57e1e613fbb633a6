import { z } from 'zod';
import type { Remediation } from '../../domain/remediation.ts';
import { stateText } from '../../domain/text/states.ts';
import type { Store, Transition } from '../../workflow/ports.ts';
import { startStopwatch } from './jobs/stopwatch.ts';
import { type Db, rows } from './sql.ts';

type Row = Pick<Remediation, 'id' | 'number' | 'version' | 'state'>;

/**
 * What this process was told was committed, last. The server writes commits down one after the other, so a database that has
 * these has all before them, and one that does not is another than it was: a standby that was behind and has been promoted, or
 * an older backup.
 */
export interface Confirmed {
  note(row: Row): void;
  /** A sentence on what the database does not have of it; undefined when all is there. */
  findLost(db: Db): Promise<string | undefined>;
  /** What was lost has been told, and is not to be told again. */
  forget(): void;
}

/** More than are committed at the same time, so that the last of them is among these. */
const kept = 64;

/** Retention leaves what is younger, by far. Milliseconds. */
const longest = 24 * 3_600_000;

/** So many are named. */
const named = 5;

const stored = z.object({ id: z.string(), version: z.number(), state: z.string() });

/** Of the rows that this process committed last; empty at a start. */
export function createConfirmed(): Confirmed {
  const last = new Map<string, Row & { readonly age: () => number }>();
  return {
    note: (row) => {
      if ((last.get(row.id)?.version ?? -1) > row.version) return;
      last.delete(row.id);
      last.set(row.id, { ...row, age: startStopwatch() });
      for (const id of [...last.keys()].slice(0, Math.max(0, last.size - kept))) last.delete(id);
    },
    findLost: async (db) => {
      const due = [...last.values()].filter(({ age }) => age() < longest);
      if (due.length === 0) return undefined;
      const sql = 'select id, version, state from remediations where id = any (?)';
      const found = await rows(db, stored, sql, [due.map(({ id }) => id)]);
      return sentenceOf(due, new Map(found.map((each) => [each.id, each])));
    },
    forget: () => last.clear(),
  };
}

/** Cases in test/adapters/postgres/confirmed.test.ts. */
function sentenceOf(
  due: readonly Row[],
  found: ReadonlyMap<string, z.infer<typeof stored>>,
): string | undefined {
  const lost = due.flatMap(({ id, number, version, state }) => {
    const there = found.get(id);
    if (there !== undefined && there.version >= version) return [];
    return [`remediation ${number} was ${stateText(state)} and is ${stateText(there?.state ?? 'not there')}`];
  });
  if (lost.length === 0) return undefined;
  const more = lost.length > named ? `, and ${lost.length - named} more` : '';
  return `The database has lost what it had confirmed, as after a failover to a standby that was behind: ${lost.slice(0, named).join(', ')}${more}. Look at what became of these in the cluster`;
}

/** Notes what is committed of remediations; the store answers as ever. */
export function notingStore(store: Store, { note }: Pick<Confirmed, 'note'>): Store {
  return {
    ...store,
    open: async (proposal, requestKey) => {
      const opened = await store.open(proposal, requestKey);
      note(opened.remediation);
      return opened;
    },
    transition: async (from, transition, claim) => {
      const outcome = await store.transition(from, transition, claim);
      if (outcome === 'committed') note(transition.next);
      return outcome;
    },
    vote: async (id, judge, seen) => {
      let moved: Transition | undefined;
      const answer = await store.vote(
        id,
        (current, approvals) => {
          const outcome = judge(current, approvals);
          moved = outcome.transition;
          return outcome;
        },
        seen,
      );
      if (moved !== undefined) note(moved.next);
      return answer;
    },
    voteTogether: async (place, judge) => {
      let moved: readonly Transition[] = [];
      const answer = await store.voteTogether(place, (found) => {
        const outcome = judge(found);
        moved = outcome.votes.map(({ transition }) => transition);
        return outcome;
      });
      for (const { next } of moved) note(next);
      return answer;
    },
    approveAndExecute: async (seen, passed) => {
      const isCommitted = await store.approveAndExecute(seen, passed);
      if (isCommitted) note(passed.executing.next);
      return isCommitted;
    },
  };
}
