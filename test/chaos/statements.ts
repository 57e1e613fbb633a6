import pg from 'pg';

/** One statement on its way to the server, whoever sends it: the pools, the queue, the liveness connection. */
export interface Statement {
  readonly client: pg.Client;
  /** What the server lists the connection as. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[] | undefined;
  /** Sends it on, or another text in its place, without values then. */
  pass(instead?: string): unknown;
  /** Answers whoever asked in the server's place. */
  answer(fault: Error | undefined, result?: object): unknown;
}

/** A statement's beginning, by which it is told from others: one space between words. */
export const headOf = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 120);

/**
 * Lets `look` decide what becomes of each statement of this process. Only for a program that is there to be killed: the
 * prototype of pg's client is changed, because the program that is tested has no place for that, and is to have none.
 */
export function interceptStatements(look: (statement: Statement) => unknown): void {
  const original = pg.Client.prototype.query;
  const replacement = function (this: pg.Client, ...asked: readonly unknown[]): unknown {
    const [config, second] = asked;
    const text = textOf(config);
    if (text === undefined) return Reflect.apply(original, this, asked);
    const last = asked.at(-1);
    const callback = typeof last === 'function' ? last : undefined;
    const values = Array.isArray(second) ? second : valuesIn(config);
    return look({
      client: this,
      name: nameOf(this),
      text,
      values,
      pass: (instead) => {
        if (instead === undefined) return Reflect.apply(original, this, asked);
        return Reflect.apply(original, this, callback === undefined ? [instead] : [instead, callback]);
      },
      answer: (fault, result) => {
        if (callback !== undefined)
          return void setImmediate(() => Reflect.apply(callback, undefined, [fault ?? null, result]));
        return fault === undefined ? Promise.resolve(result) : Promise.reject(fault);
      },
    });
  };
  Reflect.set(pg.Client.prototype, 'query', replacement);
}

/** What is no plain statement, such as a cursor, is left alone. */
function textOf(config: unknown): string | undefined {
  if (typeof config === 'string') return config;
  if (typeof config !== 'object' || config === null || 'submit' in config) return undefined;
  const text: unknown = Reflect.get(config, 'text');
  return typeof text === 'string' ? text : undefined;
}

function nameOf(client: pg.Client): string {
  const name: unknown = Reflect.get(Object(Reflect.get(client, 'connectionParameters')), 'application_name');
  return typeof name === 'string' ? name : '';
}

function valuesIn(config: unknown): readonly unknown[] | undefined {
  const values: unknown =
    typeof config === 'object' && config !== null ? Reflect.get(config, 'values') : undefined;
  return Array.isArray(values) ? values : undefined;
}
