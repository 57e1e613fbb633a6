import { beforeEach, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.ts';
import type { Case } from '../../src/domain/case.ts';
import type { GitChange, GitPlace } from '../../src/domain/manifest/git-change.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import { membersOf, type RemediationIn } from '../../src/domain/remediation.ts';
import { gitChangeOf, placesOf } from '../../src/workflow/lasting/git-change.ts';
import { branchOf, fitted, requestTexts } from '../../src/workflow/lasting/request-text.ts';
import { type Repositories, RepositoryFault } from '../../src/workflow/repositories-port.ts';
import { commits, replicaLine } from '../fixtures/memory-repositories.ts';
import { asked, type Stage } from './emergency-stage.ts';

/* What a change means for its repository, and what is written there of it. */

let stage: Stage;
let row: RemediationIn<'waiting'>;
let member: Case;
beforeEach(async () => {
  stage = await asked();
  const found = stage.rig.row(1);
  if (found.state !== 'waiting') throw new Error(found.state);
  row = found;
  const [first] = membersOf(row);
  if (first === undefined) throw new Error('there is nothing to change');
  member = first;
});

const without = () => policy.parse({ version: 1 });
const unclear = { kind: 'unclear', reason: 'It lives elsewhere' } as const;
const lost = 'Where its manifest lives is not known: It lives elsewhere.';
const elsewhere = (): Case => ({ ...member, facts: { ...member.facts, source: unclear } });
const unknown = (): Case => {
  const { source: _source, ...facts } = member.facts;
  return { ...member, facts };
};
const otherPath = (): Case => {
  const { source } = member.facts;
  if (source?.kind !== 'git') throw new Error('it is made from no repository');
  return { ...member, facts: { ...member.facts, source: { ...source, path: 'other' } } };
};

describe('what it means', () => {
  interface How {
    readonly repositories?: Partial<Repositories>;
    readonly policy?: typeof without;
    readonly spec?: typeof row.spec;
    readonly members?: readonly Case[];
    readonly signal?: AbortSignal;
    readonly patience?: number;
  }
  const change = (how: How = {}) => {
    const { context } = stage.rig;
    const repositories = { ...stage.repositories, ...how.repositories };
    const chosen = { repositories, policy: how.policy ?? context.policy };
    const patience = how.patience === undefined ? {} : { repositoryPatience: how.patience };
    const signal = how.signal ?? new AbortController().signal;
    return gitChangeOf({ ...chosen, ...patience }, how.spec ?? row.spec, how.members ?? [member], signal);
  };
  const proposing = (made: (place: GitPlace) => GitChange) => ({
    repositories: { propose: async (place: GitPlace) => made(place) },
  });

  test('is what the repository proposes for the one place of all', async () => {
    const wanted: unknown[] = [];
    const propose: Repositories['propose'] = async (place, all) => {
      wanted.push(place.path, all);
      return { kind: 'already', place, base: commits.base };
    };
    expect(await change({ repositories: { propose } })).toMatchObject({
      kind: 'already',
      base: commits.base,
    });
    const field = { path: ['spec', 'replicas'], value: 5, was: 3 };
    expect(wanted).toEqual([
      'apps',
      [expect.objectContaining({ kind: 'Deployment', name: 'web', fields: [field] })],
    ]);
    expect(await change()).toEqual(row.git);
  });

  test('is nothing where no repository is read, or nobody decides on it', async () => {
    const { policy: current } = stage.rig.context;
    const { signal } = new AbortController();
    expect(await gitChangeOf({ policy: current }, row.spec, [member], signal)).toBeUndefined();
    expect(await change({ policy: without })).toBeUndefined();
    expect(await change({ spec: { ...row.spec, tier: 'auto' } })).toBeUndefined();
    const blocked = { ...row.spec, tier: 'blocked', blockedReason: 'No.' } as const;
    expect(await change({ spec: blocked })).toBeUndefined();
  });

  test('is left to people where its place is not known, without asking', async () => {
    const propose = () => Promise.reject(new Error('it was asked'));
    const came = await change({ members: [elsewhere()], repositories: { propose } });
    expect(came).toEqual({ kind: 'by hand', reason: lost });
  });

  test('is left to people where the repository cannot be read', async () => {
    const propose = () => Promise.reject(new RepositoryFault('git.example does not answer.'));
    const reason = 'The repository could not be read: git.example does not answer.';
    expect(await change({ repositories: { propose } })).toEqual({ kind: 'by hand', reason });
  });

  test('is waited for as long as it is asked to, and is a fault while the process stops', async () => {
    const propose: Repositories['propose'] = (_place, _wanted, signal) =>
      new Promise((_resolve, reject) => {
        const stop = () => reject(new RepositoryFault('It took too long.'));
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop);
      });
    const reason = 'The repository could not be read: It took too long.';
    expect(await change({ repositories: { propose }, patience: 1 })).toEqual({ kind: 'by hand', reason });
    const signal = AbortSignal.abort();
    await expect(change({ repositories: { propose }, signal })).rejects.toThrow('It took too long.');
  });

  test('has no secret in it', async () => {
    const secret = 'password: hunter2hunter2';
    const found = async (lines: Extract<GitChange, { kind: 'request' }>['lines']) =>
      change(proposing((place) => ({ kind: 'request', place, base: commits.base, lines })));
    const hidden = { kind: 'by hand', reason: 'apps/web.yaml:5 has what looks like a secret.' };
    expect(await found([{ ...replicaLine, before: secret }])).toEqual(hidden);
    expect(await found([{ ...replicaLine, after: secret }])).toEqual(hidden);
    const second = { ...replicaLine, file: 'apps/db.yaml', line: 9, after: secret };
    expect(await found([replicaLine, second])).toMatchObject({
      reason: 'apps/db.yaml:9 has what looks like a secret.',
    });
    expect(await found([replicaLine])).toMatchObject({ kind: 'request', lines: [replicaLine] });
    expect(await change(proposing(() => ({ kind: 'by hand', reason: secret })))).toEqual({
      kind: 'by hand',
      reason: 'password: [redacted]',
    });
  });
});

describe('the place of several', () => {
  const places = (members: readonly Case[]) => placesOf({ policy: stage.rig.context.policy }, members);
  const apart = { kind: 'by hand', reason: 'The objects are not all made from one place of one repository.' };

  test.each<[string, () => readonly Case[], object | undefined]>([
    ['none, of nothing', () => [], undefined],
    ['none, where no repository has a say in any', () => [unknown(), unknown()], undefined],
    ['theirs, where it is one', () => [member, member], { place: { path: 'apps' }, wanted: [{}, {}] }],
    ['left to people, where they are two', () => [member, otherPath()], apart],
    ['left to people, where one has none', () => [member, unknown()], apart],
    [
      'left to people for what is said of the first of them',
      () => [member, elsewhere()],
      { kind: 'by hand', reason: lost },
    ],
  ])('is %s', (_name, members, came) => {
    const found = places(members());
    if (came === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(came);
  });
});

test.each<[string, readonly string[], object | undefined]>([
  ['one Application', ['a', 'a'], { namespace: 'argocd', name: 'a' }],
  ['several Applications', ['a', 'b'], undefined],
])('the place that %s have among several sources is one', (_name, names, application) => {
  const members = names.map((name): Case => {
    const owner = { kind: 'Application', namespace: 'argocd', name } as const;
    const source = { kind: 'unclear' as const, owner, reason: 'it has 2 sources', sources: [] };
    return { ...member, facts: { ...member.facts, source } };
  });
  const to = { match: { kinds: [member.action.target.kind] }, branch: 'main', path: 'apps' };
  const repositories = [{ ...to, repository: 'https://git.example/shop' }];
  const gitOps = { hosts: [{ host: 'git.example', kind: 'git' }], repositories };
  const found = placesOf({ policy: () => policy.parse({ version: 1, gitOps }) }, members);
  expect(found).toMatchObject({ place: { path: 'apps' }, wanted: [{}, {}] });
  expect(found && 'place' in found && found.place.application).toEqual(application);
});

describe('a request', () => {
  const vote = (userId: string, more: Partial<Approval> = {}): Approval => ({
    ...{ actor: { userId, teamId: 'T0' }, decision: 'approve', digest: row.digest, at: row.createdAt },
    ...more,
  });

  test('has a branch of its own', () => {
    expect(branchOf({ number: 12, id: 'abcdefgh-ijkl' })).toBe('firebreak/remediation-12-abcdefgh');
  });

  test('says who approved what it is, each once', () => {
    const votes = [
      ...[vote('U0ANN'), vote('U0ANN'), vote('U0BEN')],
      ...[vote('U0CAT', { decision: 'reject' }), vote('U0EVE', { digest: 'e'.repeat(64) })],
    ];
    const { title, body, trailers } = requestTexts(row, votes);
    expect(title).toBe('scale Deployment/web in shop to 5 replicas');
    expect(trailers).toEqual([
      ['Firebreak-Remediation', row.id],
      ['Firebreak-Digest', row.digest],
      ['Firebreak-Approved-By', 'U0ANN'],
      ['Firebreak-Approved-By', 'U0BEN'],
    ]);
    const [head, first, text] = body.split('\n\n');
    expect(head).toBe(`Remediation 1 of Firebreak for the cluster ${row.cluster}, approved by U0ANN, U0BEN.`);
    expect(first).toBe('### If approved');
    expect(text).toBe(`\`\`\`text\n${row.spec.targetState.sentence}\n\`\`\``);
    expect(body).not.toContain('### In Git');
    expect(body).not.toContain('The cluster has it already');
  });

  test('after an emergency says so, and not how it was asked for', () => {
    const emergency = {
      ...{ by: { userId: 'U0ANN', teamId: 'T0' }, at: row.createdAt },
      reason: 'It is down. password=hunter2hunter2',
    };
    const { body } = requestTexts({ ...row, emergency }, []);
    expect(body).toContain('\n\nThe cluster has it already: It is down. password=[redacted]\n\n###');
    expect(body).not.toContain('### Now, before the pull request');
  });

  test('holds untrusted text in a fence that it cannot close', () => {
    const sentence = 'a ````` b ``` c password=hunter2hunter2';
    const { body } = requestTexts({ ...row, dryRun: { kind: 'skipped', sentence } }, []);
    const fence = '``````';
    expect(body).toContain(
      `### Dry run\n\n${fence}text\na \`\`\`\`\` b \`\`\` c password=[redacted]\n${fence}`,
    );
  });

  test('has a title of at most 200 characters', () => {
    const { action } = row;
    if (action.verb !== 'scale' || !('name' in action.target)) throw new Error(action.verb);
    const { target } = action;
    const named = (length: number) =>
      requestTexts({ ...row, action: { ...action, target: { ...target, name: 'w'.repeat(length) } } }, [])
        .title;
    const around = requestTexts(row, []).title.length - 'web'.length;
    expect(named(200 - around)).toHaveLength(200);
    expect(named(200 - around)).not.toContain('…');
    expect(named(201 - around)).toMatch(/^.{200} …$/);
  });

  test('has as many of its parts as there is room for', () => {
    const most = 60_000 - 'Head\n\n'.length;
    expect(fitted('Head', ['a'.repeat(most)])).toBe(`Head\n\n${'a'.repeat(most)}`);
    expect(fitted('Head', ['a'.repeat(most + 1)])).toBe(
      'Head\n\nThere is no room here for 1 more of what the card says.',
    );
    expect(fitted('Head', [])).toBe('Head');
  });
});
