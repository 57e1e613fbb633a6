import { describe, expect, test } from 'vitest';
import { readSlashCommand } from '../../../src/stages/intake/slash-command.ts';

describe('stop and start are about Firebreak as a whole, and have a reason', () => {
  test.each([
    ['stop the cluster is being moved', 'stop', 'the cluster is being moved'],
    ['Stop it restarts the wrong things', 'stop', 'it restarts the wrong things'],
    [
      'stop -- deployment/web is restarted again and again',
      'stop',
      'deployment/web is restarted again and again',
    ],
    ['stop — new policy is wrong', 'stop', 'new policy is wrong'],
    ['start the new policy is in force', 'start', 'the new policy is in force'],
    ['  start   done  ', 'start', 'done'],
  ])('%j', (text, kind, reason) => {
    expect(readSlashCommand(text)).toEqual({ kind, reason });
  });

  test.each([
    ['stop', 'Say why: /remediate stop <reason>'],
    ['stop --', 'Say why: /remediate stop <reason>'],
    ['start ', 'Say why: /remediate start <reason>'],
  ])('%j asks for the reason', (text, sentence) => {
    expect(readSlashCommand(text)).toEqual({ kind: 'unclear', sentence });
  });

  test.each([
    'stop 42',
    'stop #42',
    'stop remediation 42',
    'stop the playbook restart-web',
    'start 42',
    'start 42 again',
    'stop 42 please',
    'stop 42, now please!',
    'stop 42 because it is wrong',
    'stop remediation 42, wrong namespace',
    'stop remediation no. 42 at once',
    'stop incident 7 please',
    'stop playbook restart-web now',
    'stop playbook "restart-web" on Sunday',
  ])('%j may mean one of what it does, and does nothing', (text) => {
    expect(readSlashCommand(text)).toMatchObject({
      kind: 'unclear',
      sentence: expect.stringContaining('is no command for one remediation, incident or playbook'),
    });
  });

  test.each([
    'stop 42 restarts in an hour',
    'stop -- 42',
    'start incident 7 is over',
    'stop 3 clusters are down',
    'stop 500s everywhere',
    'stop 500 since noon',
    'stop remediation 42 deleted the wrong pod',
    'stop the playbook is wrong',
    'stop playbook restart-web is looping',
    'stop playbooks are wrong',
  ])('%j is meant', (text) => {
    expect(readSlashCommand(text).kind).toMatch(/^(?:stop|start)$/);
  });

  test.each([
    'stop deployment/web',
    'stop deployment web -n shop',
    'stop pod/web-1 it hangs',
    'stop sts db',
    'stop web -n shop',
    'stop web --namespace=shop',
    'start deploy/web',
    'start job nightly',
  ])('%j may mean an object, and does nothing', (text) => {
    expect(readSlashCommand(text)).toMatchObject({
      kind: 'unclear',
      sentence: expect.stringContaining('is no command for an object'),
    });
  });
});
