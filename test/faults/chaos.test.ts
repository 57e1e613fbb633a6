import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/*
 * The checker that looks at a run from outside is only worth something if it finds what is wrong: a small run with a bug
 * of the harness's own, for each of three bugs, and what is then said to be broken.
 */

const program = fileURLToPath(new URL('../chaos/run.ts', import.meta.url));

/** Half a minute of faults is enough for these bugs. */
const small = ['--remediations', '16', '--minutes', '0.5', '--rest', '2'];

const play = (seed: number, bug: string) => run([...small, '--seed', String(seed), '--bug', bug]);

function run(asked: readonly string[]): Promise<{ readonly code: unknown; readonly text: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...asked], { maxBuffer: 2 ** 26 }, (fault, stdout, stderr) => {
      resolve({ code: fault?.code ?? 0, text: `${stdout}${stderr}` });
    });
  });
}

describe('a bug turns the checker red', () => {
  test.each([
    ['outbox off', 'what follows a move was committed with it'],
    ['wake outside', 'what follows a move was committed with it'],
    ['constraint dropped', 'what was acknowledged is durable, and once'],
  ] as const)('%s', async (bug, broken) => {
    const { code, text } = await play(11, bug);
    expect(text).toMatch(new RegExp(`BROKEN +${broken}`));
    expect(code).toBe(1);
  });
});

test('three replicas are replaced five times under load: nothing is refused, none is late, nothing is lost', async () => {
  const { code, text } = await run(['--remediations', '60', '--replicas', '3', '--roll', '5', '--seed', '5']);
  expect(text).toMatch(/Everything holds\./);
  expect(code, text).toBe(0);
});
