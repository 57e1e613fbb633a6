import { expect, test } from 'vitest';
import { currentLogins } from '../../../src/adapters/gitops/logins.ts';

const first = { 'git.example': { username: 'bot', password: 'first' } };

function noted() {
  const said: string[] = [];
  const note = (_fields: object, sentence: string) => void said.push(sentence);
  return { said, log: { info: note, warn: note } };
}

test('what was read at the start stays where no file has it', () => {
  expect(currentLogins({ gitLogins: first }, noted().log)()).toBe(first);
});

test('a file that was replaced is followed; one that is being written leaves what was read last, and is told once', () => {
  const { said, log } = noted();
  const second = { 'git.example': { username: 'bot', password: 'second' } };
  let read = () => second;
  const current = currentLogins({ gitLogins: first, gitLoginsAgain: () => read() }, log);
  expect(current()).toBe(second);
  read = () => {
    throw new Error('half a key');
  };
  expect([current(), current()]).toEqual([second, second]);
  expect(said).toEqual([expect.stringContaining('cannot be read again')]);
  read = () => first;
  expect(current()).toBe(first);
  expect(said).toEqual([expect.anything(), expect.stringContaining('can be read again')]);
});
