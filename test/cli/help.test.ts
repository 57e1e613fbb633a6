import { describe, expect, test } from 'vitest';
import { firebreak, firebreakProcess } from './firebreak.ts';

const names = [
  ...['sandbox', 'alert', 'evaluate', 'lasting', 'policy', 'playbook', 'audit', 'receipt', 'export'],
  ...['incident', 'stats', 'schema', 'doctor', 'replay'],
];

describe('help that is asked for is on stdout and no fault', () => {
  test.each([[[]], [['help']], [['--help']], [['-h']]])('%j tells every command', async (args) => {
    const { code, stdout, stderr } = await firebreak(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const told = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
    expect([...new Set(told)]).toEqual(names);
  });

  test('as a process of its own, which loads every command', async () => {
    expect(await firebreakProcess(['help'])).toEqual(await firebreak(['help']));
    expect(await firebreakProcess(['evalaute'])).toEqual(await firebreak(['evalaute']));
    const broken = ['policy', 'check', 'no-such-file.yaml'];
    expect(await firebreakProcess(broken)).toEqual(await firebreak(broken));
  });

  test.each(names)('of %s alone, before or after its name', async (name) => {
    const { code, stdout, stderr } = await firebreak([name, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.startsWith(`  ${name} `)).toBe(true);
    expect(await firebreak(['help', name])).toEqual({ code, stdout, stderr });
  });
});

describe('what is not how it is used is on stderr and ends with 2', () => {
  test('another command', async () => {
    const { code, stdout, stderr } = await firebreak(['evalaute']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^firebreak: there is no command "evalaute"\.\n/);
  });

  test.each([
    ['replay', ['replay', '1', '--bogus'], "firebreak replay: Unknown option '--bogus'.\n  replay NUMBER"],
    ['policy', ['policy', 'test', 'x', '--sinec', '1d'], "firebreak policy: Unknown option '--sinec'.\n"],
    ['sandbox', ['sandbox', 'now'], "firebreak sandbox: Unexpected argument 'now'.\n"],
    ['half of a pod', ['alert', '--pod', 'web-0'], 'firebreak alert: give both --namespace and --pod, or'],
    ['a namespace alone', ['alert', '--namespace', 'shop'], 'firebreak alert: give both --namespace and'],
    ['a flag without its value', ['replay', '1', '--policy'], 'firebreak replay: '],
  ])('%s', async (_name, args, sentence) => {
    const { code, stdout, stderr } = await firebreak(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(sentence), stderr).toBe(true);
  });
});
