import { startEmbedded } from '../../../src/adapters/postgres/embedded/embedded.ts';
import { silentLog } from '../../fixtures/log.ts';

/** Starts the embedded server in argv[2], says its address, and stays until it is killed. */
const { url } = await startEmbedded({ dataDir: process.argv[2] ?? '', log: silentLog });
process.stdout.write(`${url}\n`);
setInterval(() => {}, 60_000);
