import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../../src/stages/intake/command.ts';
import { renderRefusal } from '../../../src/stages/intake/grammar/render.ts';
import { read, refusal } from './reading.ts';

const secret = 'hunter2hunter2';
// Put together at run time, so that no scanner finds one in the repository.
const token = ['xoxb', '1234567890', 'abcdefghij'].join('-');
const pem = `${'-'.repeat(5)}BEGIN PRIVATE KEY${'-'.repeat(5)}`;

function shown(text: string): string {
  const parsed = parseCommand(text);
  return parsed.kind === 'refused' ? renderRefusal(text, parsed.refusal) : 'accepted';
}

describe('a credential is refused, and nothing that is shown holds it', () => {
  test.each([
    `set env deploy/web DB_PASSWORD=${secret}`,
    `set env deploy/web 'DB_PASSWORD=${secret} x'`,
    `set env deploy/web PASS"WORD"='${secret}'`,
    `set env deploy/web -e API_TOKEN=${secret}`,
    `set env deploy/web DB_PASS=${secret}`,
    `set env deploy/web -e STRIPE_KEY=${secret}`,
    `annotate deploy/web example.com/db-pw=${secret}`,
    `set env deploy/web GREETING=${token}`,
    `set env deploy/web URL=postgres://bot:${secret}@db/shop`,
    `annotate pod a example.com/secret=${secret}`,
    `annotate pod a note="the token: ${secret}"`,
    `label pod a api-key=${secret}`,
    `set image deploy/web app=registry/${token}:1`,
    `delete pod ${token}`,
    `patch pod a -p '{"metadata":{"annotations":{"password":"${secret}"}}}'`,
    `patch pod a -p '[{"op":"add","path":"/metadata/annotations/password","value":"${secret}"}]' --type=json`,
  ])('%s', (text) => {
    const found = refusal(text);
    expect(found).toMatchObject({
      code: 'secret',
      reason: expect.stringMatching(/^This looks like a credential/),
    });
    expect(found.nearest).toContain('NAME');
    expect(shown(text)).toMatch(/\*{8}/);
    expect(shown(text)).not.toContain(secret);
    expect(shown(text)).not.toContain(token);
  });

  test.each([
    // As the documentation of Kubernetes has it.
    'taint node node1 key1=value1:NoSchedule',
    'label pod web key1=value1',
    'annotate deploy/web key2=value2',
    'set env deploy/api KEY1=a B=c',
    'set env deploy/web PASS_CHECKS=true B=c',
  ])('no name of an object makes one of a key behind it: %s', (text) => {
    expect(parseCommand(text)).toMatchObject({ kind: 'action' });
  });

  const patch = `[{"op":"add","path":"/metadata/annotations/password","value":"${secret}"}]`;

  test.each([
    ['a name that tells', `set env deploy/web pass=${secret} -n shop`, secret],
    ['a selector', `rollout restart deploy -l app=${token} -n shop`, token],
    [
      'two words',
      'kubectl delete pod bearer 3f9c2a7b1d8e4f60 -n shop ',
      'delete pod bearer 3f9c2a7b1d8e4f60 -n shop',
    ],
    ['a patch', `patch pod a -p '${patch}' --type=json -n shop`, `'${patch}'`],
    [
      'a patch behind its flag',
      `patch pod a --type=json --patch='${patch}' -n shop`,
      `patch pod a --type=json --patch='${patch}' -n shop`,
    ],
    ['a value in braces', `annotate pod a 'token={${secret}}' -n shop`, `{${secret}}`],
    ['a value in brackets', `annotate pod a 'api-key=[${secret}]' -n shop`, `[${secret}]`],
  ])('the caret stands under it: %s', (_name, text, under) => {
    expect(refusal(text)).toMatchObject({ code: 'secret', under });
  });

  test('one in quotes is hidden beside another', () => {
    expect(shown(`set env deploy/web PASS"WORD"='${secret}' B=${token} --dry-run`)).not.toContain(secret);
    expect(shown(`scale deploy/web PASS"WORD"='${secret}' password=${secret} --dry-run`)).not.toContain(
      secret,
    );
  });

  test('the caret stays where the stars are', () => {
    expect(shown(`set env deploy/web DB_PASSWORD=${secret} -n shop`).split('\n').slice(0, 2)).toEqual([
      'set env deploy/web DB_PASSWORD=************** -n shop',
      '                               ^~~~~~~~~~~~~~',
    ]);
  });

  test.each([
    `set env deploy/web DB_PASSWORD=${secret} --dry-run`,
    `set env deploy/web DB_PASSWORD=${secret} | tee log`,
    `set env deploy/web 'DB_PASSWORD=${secret}`,
    `set env deploy/web PASS"WORD"=${secret} --dry-run`,
    `set env deploy/web DB_PASS=${secret} --dry-run`,
    `login --token ${secret}`,
    `set env widget/web password=${secret}`,
    `delete pod password=${secret}`,
  ])('refused for another reason first: %s', (text) => {
    expect(refusal(text).code).not.toBe('secret');
    expect(shown(text)).not.toContain(secret);
  });

  test('nor does a window of a long text, wherever the secret began', () => {
    const text = `set env deploy/web KEY='${pem}${'Ab1'.repeat(2000)}' --replicas=3`;
    expect(shown(text)).not.toContain('Ab1Ab1');
  });
});

describe('what only sounds like one is taken', () => {
  test.each([
    'kubectl set image deployment/web token-sync=registry.example/sync:1 -n shop',
    'kubectl rollout restart deployment/token -n shop',
    'kubectl rollout restart deployment -l app=token,secret=old -n shop',
    'kubectl set env deployment/web TOKEN_TTL=30 SECRET_NAME=web PASSWORD_FILE=/run/p -n shop',
    'kubectl set env deployment/web DB_PASSWORD- -n shop',
    'kubectl create job secret-rotate --from=cronjob/secret-rotate -n shop',
  ])('%s', (text) => {
    expect(read(text)).toBe(text);
  });
});
