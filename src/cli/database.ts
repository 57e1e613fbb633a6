import type { Knex } from 'knex';
import { connect, waitForDatabase } from '../adapters/postgres/connect.ts';
import { ConfigFault, processEnvironment } from '../config.ts';

/**
 * Works with the database of DATABASE_URL and closes it.
 *
 * @throws ConfigFault when it is not set, DatabaseAway when it does not answer
 */
export async function withDatabase<T>(work: (knex: Knex) => Promise<T>): Promise<T> {
  const url = processEnvironment()['DATABASE_URL'];
  if (url === undefined || url === '')
    throw new ConfigFault(['DATABASE_URL must be set to the database whose cases are asked for.']);
  await waitForDatabase(url, 5);
  const knex = connect(url, 2);
  try {
    return await work(knex);
  } finally {
    await knex.destroy();
  }
}
