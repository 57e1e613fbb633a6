import { resolve } from 'node:path';
import type { Knex } from 'knex';
import { connect, waitForDatabase } from '../adapters/postgres/connect.ts';
import { hasEmbedded, startEmbedded } from '../adapters/postgres/embedded/embedded.ts';
import { embeddedFolder, processEnvironment } from '../config.ts';
import { ConfigFault } from '../config-fault.ts';
import type { Place } from './judging.ts';
import { databaseIn, kubeconfig, sandboxFolder } from './sandbox/folder.ts';

/**
 * Works with the database of DATABASE_URL, or with the embedded one in its place, and closes it.
 *
 * @throws ConfigFault when there is none, DatabaseAway when it does not answer
 */
export async function withDatabase<T>(place: Place, work: (knex: Knex) => Promise<T>): Promise<T> {
  const { url, stop } = await locate(place);
  try {
    await waitForDatabase(url, 5);
    const knex = connect(url, 2);
    try {
      return await work(knex);
    } finally {
      await knex.destroy();
    }
  } finally {
    await stop();
  }
}

interface Located {
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether there is a database to ask; nothing is started for the answer. */
export async function hasDatabase(place: Place): Promise<boolean> {
  const url = processEnvironment()['DATABASE_URL'] ?? '';
  return place.sandbox === true ? hasEmbedded(folderOf(place)) : url !== '';
}

/** Where the embedded server of a place keeps its data. */
const folderOf = ({ sandbox, folder }: Place): string =>
  resolve(sandbox === true ? databaseIn(sandboxFolder({ ...kubeconfig(), folder })) : embeddedFolder);

/** An embedded server is found or started, and ended again unless another process uses it. */
async function locate(place: Place): Promise<Located> {
  const { sandbox } = place;
  const url = processEnvironment()['DATABASE_URL'] ?? '';
  if (sandbox !== true && url !== '') return { url, stop: async () => undefined };
  const dataDir = folderOf(place);
  if (await hasEmbedded(dataDir)) return startEmbedded({ dataDir, log: silent });
  throw new ConfigFault([
    sandbox === true
      ? `No sandbox has kept anything in ${dataDir}. Start one with: npm run sandbox`
      : `DATABASE_URL must be set to the database whose cases are asked for; there is no embedded one in ${dataDir}.`,
  ]);
}

const ignore = (): void => undefined;

export const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
