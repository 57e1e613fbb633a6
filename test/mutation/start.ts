import { test } from 'vitest';

/* What vitest itself runs; the tests of a room are run by the runner, many times. */
test('the process is there', () => undefined);
