import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { loadPolicy } from '../../src/config.ts';
import { canonicalJson, type Json } from '../../src/domain/text/json.ts';
import { type FollowedPolicy, followPolicy } from '../../src/policy/reload.ts';
import { silentLog } from '../fixtures/log.ts';
import { eventually } from '../support/hang-guard.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Followed {
  readonly followed: FollowedPolicy;
  readonly file: string;
  readonly records: Json[];
  readonly said: string[];
  readonly readings: string[];
}

async function following(
  options: { failing?: () => boolean; playbooks?: { name: string }[]; text?: string; retry?: number } = {},
): Promise<Followed> {
  const file = join(mkdtempSync(join(tmpdir(), 'firebreak-reload-')), 'policy.yaml');
  writeFileSync(file, options.text ?? 'version: 1\n');
  const records: Json[] = [];
  const said: string[] = [];
  const readings: string[] = [];
  const followed = await followPolicy({
    policy: loadPolicy(file),
    source: { file, read: () => loadPolicy(file) },
    record: async (text) => {
      if (options.failing?.() === true) throw new Error('the database is away');
      records.push(text);
      return { digest: createHash('sha256').update(canonicalJson(text)).digest('hex') };
    },
    ...(options.playbooks === undefined ? {} : { playbooks: options.playbooks }),
    ...(options.retry === undefined ? {} : { retry: options.retry }),
    onRead: (result) => readings.push(result),
    log: {
      ...silentLog,
      warn: (_fields, sentence) => said.push(sentence),
      info: (_fields, sentence) => said.push(sentence),
      error: (_fields, sentence) => said.push(sentence),
    },
  });
  stops.push(followed.stop);
  return { followed, file, records, said, readings };
}

describe('a policy that follows its file', () => {
  test('is exchanged on reload, written down and told with what differs', async () => {
    const { followed, file, records, said } = await following();
    writeFileSync(file, 'version: 1\nproductionFactor: 3\n');
    await followed.reload();
    expect(followed.current().productionFactor).toBe(3);
    expect(said).toEqual(['The policy has changed: productionFactor: 1.5 -> 3']);
    expect(records.at(-1)).toMatchObject({ productionFactor: 3 });
  });

  test('is told which playbooks it trusts that are not there, when it comes into force', async () => {
    const trusting = (playbook: string) =>
      `version: 1\ntrust: { minimum: 0.5, alone: [{ playbook: ${playbook}, environment: other namespaces }] }\n`;
    const doubt = expect.stringContaining('trust.alone.0.playbook: there is no playbook "reboot"');
    const { followed, file, said } = await following({
      playbooks: [{ name: 'restart' }],
      text: trusting('reboot'),
    });
    expect(said).toEqual([doubt]);
    writeFileSync(file, trusting('restart'));
    await followed.reload();
    expect(said).toEqual([doubt, expect.stringContaining('The policy has changed')]);
    writeFileSync(file, trusting('reboot'));
    await followed.reload();
    await followed.reload();
    expect(said.slice(2)).toEqual([expect.stringContaining('The policy has changed'), doubt]);
  });

  test('keeps the good one when the file is wrong, and says why', async () => {
    const { followed, file, said } = await following();
    const before = followed.current();
    writeFileSync(file, 'version: 1\nproductionFactr: 3\n');
    expect(await followed.reload()).toBe(false);
    expect(followed.current()).toBe(before);
    expect(said.at(-1)).toContain(`${file}:2:1: the document: unknown key "productionFactr"; did you mean`);
  });

  test('keeps the one in force when the change cannot be written down', async () => {
    let away = false;
    const { followed, file, said } = await following({ failing: () => away });
    away = true;
    writeFileSync(file, 'version: 1\nproductionFactor: 3\n');
    await followed.reload();
    expect(followed.current().productionFactor).toBe(1.5);
    expect(said.at(-1)).toContain('the database is away');
    away = false;
    await followed.reload();
    expect(followed.current().productionFactor).toBe(3);
  });

  test('is taken as soon as it can be written down, without anybody changing it once more', async () => {
    let isAway = false;
    const { followed, file } = await following({ failing: () => isAway, retry: 20 });
    isAway = true;
    writeFileSync(file, 'version: 1\nproductionFactor: 2\n');
    await followed.reload();
    // The watch on the file has had its say, too.
    await sleep(400);
    expect(followed.current().productionFactor).toBe(1.5);
    isAway = false;
    await eventually(() => expect(followed.current().productionFactor).toBe(2));
  });

  test('is told and counted once while it cannot be written down, and not as a file that is wrong', async () => {
    let isAway = false;
    const { followed, file, said, readings } = await following({ failing: () => isAway });
    const reload = async (text: string) => {
      writeFileSync(file, text);
      await followed.reload();
    };
    isAway = true;
    await reload('version: 1\nproductionFactor: 3\n');
    await followed.reload();
    await followed.reload();
    const sentence =
      'The policy stays as it was until the new one can be written down: Error: the database is away';
    expect(said).toEqual([sentence]);
    expect(readings).toEqual(['not_recorded']);
    await reload('version: 1\nproductionFactr: 3\n');
    await reload('version: 1\nproductionFactor: 4\n');
    isAway = false;
    await followed.reload();
    isAway = true;
    await reload('version: 1\nproductionFactor: 5\n');
    expect(said.slice(2)).toEqual([sentence, 'The policy has changed: productionFactor: 1.5 -> 4', sentence]);
    expect(readings).toEqual(['not_recorded', 'refused', 'not_recorded', 'taken', 'not_recorded']);
  });

  test('is read again on SIGHUP', async () => {
    const { followed, file } = await following();
    writeFileSync(file, 'version: 1\nproductionFactor: 4\n');
    process.emit('SIGHUP', 'SIGHUP');
    await eventually(() => expect(followed.current().productionFactor).toBe(4));
  });

  test('is read again when the file is exchanged', async () => {
    const { followed, file } = await following();
    writeFileSync(`${file}.new`, 'version: 1\nproductionFactor: 5\n');
    renameSync(`${file}.new`, file);
    await eventually(() => expect(followed.current().productionFactor).toBe(5));
  });
});

test('without a file it stays what it is', async () => {
  const policy = loadPolicy(undefined);
  const record = async () => ({ digest: 'd' });
  const followed = await followPolicy({ policy, source: undefined, record, log: silentLog });
  expect(await followed.reload()).toBe(false);
  expect(followed.current()).toBe(policy);
});
