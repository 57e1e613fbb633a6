import pg from 'pg';
import type { Bug } from './settings.ts';
import { interceptStatements, type Statement } from './statements.ts';

/*
 * Bugs that the checker has to find, or it could not find anything. None of them is in the program: what it sends to the
 * database is changed on the way.
 */

/** For how long what a process should have written down is in its memory alone. Milliseconds. */
const inMemory = 1_500;

/** Marks what comes late, so that it is not put off once more. */
const late = '/* late */ ';

/** Lets this process have a bug from now on. */
export function plantBug(bug: Bug, database: string): void {
  const later = latecomer(database);
  interceptStatements((statement) => {
    if (statement.text.startsWith(late)) return statement.pass();
    switch (bug) {
      // Messages are kept in memory, and sent by whoever is still there to send them.
      case 'outbox off':
        return isReply(statement) ? later(statement, { rows: [], rowCount: 1 }) : statement.pass();
      // What has to be done next is enqueued when the move is committed already.
      case 'wake outside':
        return isWake(statement) ? later(statement, { rows: [], rowCount: 1 }) : statement.pass();
      // Nothing tells two deliveries of one command apart; the constraints are dropped by witness.ts.
      case 'constraint dropped':
        return withoutConflict(statement);
    }
  });
}

const isReply = ({ text }: Statement): boolean =>
  /^\s*insert into slack_outbox/.test(text) && text.includes("'reply'");

const isWake = ({ text, values }: Statement): boolean =>
  /insert into pgboss\.job/i.test(text) && JSON.stringify(values ?? []).includes('step');

/** Does it on another connection, a while later, and says at once that it is done. */
function latecomer(database: string): (statement: Statement, result: object) => unknown {
  return ({ text, values, answer }, result) => {
    setTimeout(() => {
      const client = new pg.Client({ connectionString: database });
      client.on('error', () => {});
      client
        .connect()
        .then(() => client.query(`${late}${text}`, [...(values ?? [])]))
        .catch(() => {})
        .finally(() => client.end().catch(() => {}));
    }, inMemory);
    return answer(undefined, result);
  };
}

function withoutConflict(statement: Statement): unknown {
  const { client, text, values } = statement;
  const conflict = /\s*on conflict \(dedup_key\) do nothing/;
  if (!conflict.test(text)) return statement.pass();
  const sent = client.query(text.replace(conflict, ''), [...(values ?? [])]);
  return sent.then(
    (result) => statement.answer(undefined, result),
    (fault: Error) => statement.answer(fault),
  );
}
