import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { casesOf } from '../../support/cases.ts';

const program = join(import.meta.dirname, 'digest.ts');
const places = [
  { TZ: 'UTC', LC_ALL: 'C' },
  { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8' },
  { TZ: 'America/St_Johns', LC_ALL: 'de_DE.UTF-8' },
  { TZ: 'Australia/Eucla', LC_ALL: 'ar_EG.UTF-8' },
] as const;

test('verdicts and their explanations are the same bytes in any locale and time zone', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const printed = await Promise.all(
    places.map(async (place) => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [program, String(seed), String(casesOf(2500))],
        {
          env: { ...place },
        },
      );
      const [digest, zone] = stdout.trim().split(' ');
      expect(zone, 'the process is where it was put').toBe(place.TZ);
      return digest;
    }),
  );
  expect(new Set(printed).size, `seed ${seed}`).toBe(1);
  expect(printed[0]).toMatch(/^[0-9a-f]{64}$/);
});
