import { afterEach, expect, test } from 'vitest';
import { type Seen, type Watch, watching } from './watch.ts';

const waiting: Seen = { state: 'waiting', id: 'i', digest: 'd' };

let watch: Watch | undefined;
afterEach(() => watch?.stop());

test('a look that fails is made again', async () => {
  let looks = 0;
  watch = watching(async () => {
    looks += 1;
    if (looks === 1) throw new Error('the connection is gone');
    return new Map([['web', waiting]]);
  });
  expect(await watch.until('web', ['waiting'])).toEqual(waiting);
});

test('who waits in vain is told for what, and what there is', async () => {
  watch = watching(async () => new Map([['web', waiting]]));
  await expect(watch.until('web', ['succeeded', 'failed'], 100)).rejects.toThrow(
    'After 0.1 s the remediation of web is waiting, and none of: succeeded, failed.',
  );
  expect(await watch.within('web', ['succeeded'], 100)).toBeUndefined();
});

test('and why nothing could be seen', async () => {
  const cause = new Error('the connection is gone');
  watch = watching(() => Promise.reject(cause));
  await expect(watch.until('web', ['waiting'], 100)).rejects.toMatchObject({
    message: 'After 0.1 s the remediation of web is not there, and none of: waiting.',
    cause,
  });
});
