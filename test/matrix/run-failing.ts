import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/*
 * The tests that there are, while a share of all statements fails: with 40001, 40P01, 55P03, 53300 or 57P01, with a cut
 * connection, or committed without an answer.
 *
 *   npm run test:failing -- --share 0.01 --seed 1 test/journey
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    share: { type: 'string', default: '0.01' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
  },
});
const files = positionals.length === 0 ? ['test/journey'] : positionals;
const before = new URL('./failing.ts', import.meta.url).href;
const child = spawn(
  process.execPath,
  [
    fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url)),
    ...['run', '--project', 'unit', '--project', 'journey', '--maxWorkers', values.workers],
    ...files,
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: `--import ${before}`,
      FIREBREAK_FAILING: `${values.share}/${values.seed}`,
    },
  },
);
child.once('exit', (code) => process.exit(code ?? 1));
