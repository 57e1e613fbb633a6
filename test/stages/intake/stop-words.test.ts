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
    ['stop --  done', 'stop', 'done'],
    ['stop it is wrong -- see chat', 'stop', 'it is wrong -- see chat'],
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
    'stop remediation  no  42',
    'stop playbook  restart-web',
    'stop remediation 42, which was wrong',
    'stop 42  please  because it is wrong',
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
    'stop playbook is wrong',
    'stop playbook for nodes loops',
    'stop remediation  42  is wrong',
    'stop after remediation 42 nothing works',
    'stop we lost 42',
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
    'stop deployment',
    'stop pod web-1',
    'stop statefulset db',
    'stop daemonset agent',
    'stop cronjob nightly',
    'stop node worker-1',
    'stop service web',
    'stop replicaset web-5d4',
    'stop -n shop',
  ])('%j may mean an object, and does nothing', (text) => {
    expect(readSlashCommand(text)).toMatchObject({
      kind: 'unclear',
      sentence: expect.stringContaining('is no command for an object'),
    });
  });

  test.each([
    [
      'stop web -n shop',
      '"stop" stops all of Firebreak, and is no command for an object. If that is meant: /remediate stop -- <reason>',
    ],
    [
      'start 42',
      '"start" lets Firebreak go on after a stop, and is no command for one remediation, incident or playbook. If that is meant: /remediate start -- <reason>',
    ],
  ])('%j is told what it does', (text, sentence) => {
    expect(readSlashCommand(text)).toEqual({ kind: 'unclear', sentence });
  });
});
