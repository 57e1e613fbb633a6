import type { Knex } from 'knex';
import type pg from 'pg';
import { isTransient } from './connect.ts';
import { sendWithOthers } from './socket.ts';
import type { Binding, Db } from './statement.ts';
import { abandon, onConnection, placed } from './transaction.ts';

interface Question {
  readonly text: string;
  readonly values: readonly Binding[];
  readonly answer: PromiseWithResolvers<unknown>;
}

/**
 * A pool for statements that only read: those that are asked while a connection is waited for are sent on it together,
 * and are one wait. Each is on its own, and sees what was committed when the server comes to it.
 */
export function readingTogether(knex: Knex): Db {
  let gathering: Question[] | undefined;
  const begin = (): Question[] => {
    const questions: Question[] = [];
    const ask = (client: pg.Client) => {
      gathering = undefined;
      return askAll(client, questions);
    };
    onConnection(knex, ask).catch((fault: unknown) => {
      if (gathering === questions) gathering = undefined;
      for (const { answer } of questions) answer.reject(fault);
    });
    return questions;
  };
  return {
    raw: (sql, bindings = []) => {
      gathering ??= begin();
      const answer = Promise.withResolvers<unknown>();
      gathering.push({ text: placed(sql), values: bindings, answer });
      return answer.promise;
    },
  };
}

/** Resolves when all are answered; who asked hears of a fault, not the pool. */
async function askAll(client: pg.Client, questions: readonly Question[]): Promise<void> {
  sendWithOthers(client);
  const answers = questions.map(({ text, values }) => client.query({ text, values: [...values] }));
  for (const [index, each] of (await Promise.allSettled(answers)).entries()) {
    const answer = questions[index]?.answer;
    if (each.status === 'fulfilled') answer?.resolve(each.value);
    else {
      if (isTransient(each.reason)) abandon(client, each.reason);
      answer?.reject(each.reason);
    }
  }
}
