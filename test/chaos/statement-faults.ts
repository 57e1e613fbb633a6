import { createRandom } from './random.ts';
import { interceptStatements, type Statement } from './statements.ts';

/** What PostgreSQL says when somebody was first, when a lock was not to be had, when it is full. */
const codes = ['40001', '40P01', '55P03', '53300'] as const;

/**
 * What may befall a statement. `57P01`: the server ends the connection; `cut`: it breaks with the statement on its way;
 * `lost`: it breaks when the server has done it, before it can say so.
 */
export const spoilings = [...codes, '57P01', 'cut', 'lost'] as const;
export type Spoiling = (typeof spoilings)[number];

/** The statement fails in the server, so that its transaction is as broken as it would be. */
const raising = (code: string): string =>
  `do $$ begin raise exception 'a fault of the tests' using errcode = '${code}'; end $$`;

const ended = `select pg_terminate_backend(pg_backend_pid())`;

const isCommit = (text: string): boolean => /^\s*commit\b/i.test(text);
const isSparedAt = (text: string): boolean => /^\s*(rollback|listen)\b/i.test(text);

/** What may befall a statement that is no commit. */
const anywhere = [...codes, '57P01', 'cut'] as const;

/**
 * Lets a share of the statements of this process fail; a commit that fails has been committed.
 *
 * @param isSpared asked for each
 */
export function failStatements(
  share: number,
  seed: number,
  isSpared: (statement: Statement) => boolean = () => false,
): { calm(): void } {
  const state = { share };
  if (share > 0) {
    const random = createRandom(seed);
    interceptStatements((statement) => {
      const { text, pass } = statement;
      if (isSparedAt(text) || isSpared(statement) || !random.chance(state.share)) return pass();
      return spoil(statement, isCommit(text) ? 'lost' : (random.pick(anywhere) ?? '40001'));
    });
  }
  return {
    calm: () => {
      state.share = 0;
    },
  };
}

/** Lets this befall the statement, and answers as it would. */
export function spoil(statement: Statement, how: Spoiling): unknown {
  switch (how) {
    case 'cut':
      return cut(statement);
    case 'lost':
      return loseAnswer(statement);
    case '57P01':
      return statement.pass(ended);
    default:
      return statement.pass(raising(how));
  }
}

function socketOf({ client }: Statement): { destroy(): void } | undefined {
  const connection: unknown = Reflect.get(client, 'connection');
  const stream: unknown =
    typeof connection === 'object' && connection !== null ? Reflect.get(connection, 'stream') : undefined;
  if (typeof stream !== 'object' || stream === null || !('destroy' in stream)) return undefined;
  const { destroy } = stream;
  return typeof destroy === 'function' ? { destroy: () => Reflect.apply(destroy, stream, []) } : undefined;
}

/** The connection breaks with the statement on its way: whether it was done is not known. */
function cut(statement: Statement): unknown {
  const sent = statement.pass();
  setImmediate(() => socketOf(statement)?.destroy());
  return sent;
}

/**
 * The server commits, and the connection breaks before it can say so: what it says afterwards is read by nobody. A reader
 * that is paused takes in no more, and a commit takes the server less than the time that is waited.
 */
function loseAnswer(statement: Statement): unknown {
  const stream: unknown = Reflect.get(Object(Reflect.get(statement.client, 'connection')), 'stream');
  const pause: unknown = Reflect.get(Object(stream), 'pause');
  const sent = statement.pass();
  if (typeof pause === 'function') Reflect.apply(pause, stream, []);
  setTimeout(() => socketOf(statement)?.destroy(), 200);
  return sent;
}
