import { describe, expect, it } from 'vitest';
import type { RevisionRecord } from '../../../src/domain/circumstances.ts';
import type { Facts, WorkloadSubject } from '../../../src/domain/facts/facts.ts';
import type { Revision } from '../../../src/domain/facts/revision.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { deploymentFacts, noon, defaultPolicy as policy, specId, undoOf } from '../../fixtures/facts.ts';

const judge = (facts: Facts, toRevision?: number, revisions?: RevisionRecord[]) =>
  evaluate({
    id: specId,
    now: noon,
    action: undoOf('Deployment', toRevision),
    facts,
    policy,
    circumstances: { local: [], ...(revisions === undefined ? {} : { revisions }) },
  });

/** `live` is the highest; each is called after the number under which its template was new. */
function history(revisions: readonly Revision[], rest: Partial<WorkloadSubject> = {}): Facts {
  const liveRevision = Math.max(...revisions.map(({ revision }) => revision));
  return deploymentFacts({ revisions: [...revisions], liveRevision, ...rest });
}

const at = (time: string, day = '2026-03-01') => `${day}T${time}:00Z`;
const revision = (number: number, born: string, more: Partial<Revision> = {}): Revision => ({
  revision: number,
  source: `ReplicaSet web-${number}`,
  createdAt: born,
  alike: number,
  ...more,
});

const nothingChanged = { containers: [], fields: [], restart: false };
const image = {
  ...nothingChanged,
  containers: [
    {
      name: 'web',
      init: false,
      becomes: 'changed',
      image: { from: 'registry/web:2', to: 'registry/web:1' },
      fields: [],
    },
  ],
} satisfies Revision['change'];

describe('what an undo says', () => {
  const first = revision(1, at('06:00'), { change: image });
  const facts = history([first, revision(2, at('08:00'))]);

  it('names the images that come and go, by container', () => {
    const { targetState, lineItems } = judge(facts);
    expect(targetState).toEqual({
      sentence:
        'Deployment/web in shop runs the template of revision 1 (ReplicaSet web-1). web: registry/web:2 -> registry/web:1.',
      fields: {
        'spec.template': 'revision 1',
        'spec.template.spec.containers[web].image': 'registry/web:2 -> registry/web:1',
      },
    });
    expect(lineItems.map(({ sentence }) => sentence)).toContain('It changes which code Deployment/web runs.');
  });

  it('does not speak of code where only settings change', () => {
    const settings = { ...nothingChanged, labels: { added: ['tier'], removed: [], changed: [] } };
    const said = judge(history([{ ...first, change: settings }, revision(2, at('08:00'))])).lineItems;
    const sentences = said.map(({ sentence }) => sentence);
    expect(sentences).toContain('It changes how the code of Deployment/web runs.');
    expect(sentences).not.toContain('It changes which code Deployment/web runs.');
  });
});

describe('an undo to what runs already', () => {
  const restarted = { change: { ...nothingChanged, restart: true }, alike: 2, asLive: true } as const;
  const after = [revision(2, at('08:00'), restarted), revision(3, at('11:00'), { alike: 2, asLive: true })];

  it.each<[string, Facts, string]>([
    [
      'after a restart',
      history([revision(1, at('06:00')), ...after]),
      'Revision 2 differs from what Deployment/web runs only by the annotation of a restart: nothing would change. Revision 1 is another one: kubectl rollout undo deployment/web --to-revision=1 -n shop',
    ],
    [
      'after a restart, and nothing else is there',
      history(after),
      'Revision 2 differs from what Deployment/web runs only by the annotation of a restart: nothing would change. No other revision of its history is known to be any better.',
    ],
    [
      'of the very same template',
      history([
        revision(1, at('06:00')),
        revision(2, at('08:00'), { change: nothingChanged, asLive: true }),
        revision(3, at('11:00'), { asLive: true }),
      ]),
      'Deployment/web already runs the template of revision 2: nothing would change. Revision 1 is another one: kubectl rollout undo deployment/web --to-revision=1 -n shop',
    ],
    [
      'where the only other one was left as failing',
      history([
        revision(2, at('10:00')),
        revision(3, at('06:00'), {
          earlier: [1],
          alike: 3,
          asLive: true,
          change: { ...nothingChanged, restart: true },
        }),
        revision(4, at('11:00'), { alike: 3, asLive: true }),
      ]),
      'Revision 3 differs from what Deployment/web runs only by the annotation of a restart: nothing would change. No other revision of its history is known to be any better.',
    ],
  ])('%s is blocked and says where to go', (_name, facts, reason) => {
    expect(judge(facts)).toMatchObject({ tier: 'blocked', blockedReason: reason });
  });
});

const key = 'test/shop/Deployment/web';
const record = (more: Partial<RevisionRecord>): RevisionRecord => ({
  remediation: 41,
  target: key,
  became: 'not verified',
  at: at('11:30'),
  ...more,
});
const undone = (more: Partial<RevisionRecord>) => record({ became: 'undone', ...more });

/** The first was good, the second bad; an undo made the first the third. */
const twice = (rest: Partial<WorkloadSubject> = {}, bad: Partial<Revision> = {}) =>
  history([revision(2, at('11:00'), bad), revision(3, at('06:00'), { earlier: [1] })], rest);

/** Three that followed each other, each live for hours. */
const calm = (second: Partial<Revision> = {}) => [
  revision(1, at('02:00')),
  revision(2, at('06:00'), second),
  revision(3, at('11:00')),
];
const toFirst = 'Revision 1 was live for 4 h: kubectl rollout undo deployment/web --to-revision=1 -n shop';
const none = 'No other revision of its history is known to be any better.';

describe('a revision that was left as failing', () => {
  it.each<[string, Facts, RevisionRecord[], Tier, string | undefined]>([
    ['one that nothing speaks against', history(calm()), [], 'human', undefined],
    [
      'an undo twice goes back to the bad one',
      twice(),
      [],
      'dual',
      `Revision 2 was left as failing: the template from before it came back as revision 3. ${none}`,
    ],
    [
      'by an undo of ours',
      history(calm()),
      [undone({ remediation: 40, source: 'ReplicaSet web-2', revision: 2 })],
      'dual',
      `Revision 2 was left as failing: remediation 40 went back from it 30 min ago. ${toFirst}`,
    ],
    [
      'by an undo of ours, more than a day ago',
      history(calm()),
      [undone({ source: 'ReplicaSet web-2', at: at('11:30', '2026-02-28') })],
      'human',
      undefined,
    ],
    [
      'by a verdict, however old',
      history(calm()),
      [record({ source: 'ReplicaSet web-2', at: at('11:30', '2026-02-20') })],
      'dual',
      `Revision 2 was left as failing: remediation 41 brought it and was not verified. ${toFirst}`,
    ],
    [
      'by a verdict on the number that it had then',
      history(calm({ earlier: [9] })),
      [record({ revision: 9 })],
      'dual',
      `Revision 2 was left as failing: remediation 41 brought it and was not verified. ${toFirst}`,
    ],
    ['by a verdict on another number', history(calm()), [record({ revision: 7 })], 'human', undefined],
    [
      'by a verdict on another Deployment',
      history(calm()),
      [record({ source: 'ReplicaSet web-2', target: 'test/shop/Deployment/cart' })],
      'human',
      undefined,
    ],
    [
      'by a verdict on one that differs only by a restart',
      history(calm({ alike: 1 })),
      [record({ source: 'ReplicaSet web-1' })],
      'dual',
      `Revision 2 was left as failing: revision 1 differs only by a restart, and remediation 41 brought it and was not verified. ${none}`,
    ],
    [
      'with pods of which none is ready',
      history(calm({ pods: { desired: 2, ready: 0 } })),
      [],
      'dual',
      `Revision 2 was left as failing: none of its 2 pods is ready. ${toFirst}`,
    ],
    [
      'with a rollout that never ended',
      history(calm(), { oldestPod: at('05:00') }),
      [],
      'dual',
      `Revision 2 was left as failing: its rollout never ended, pods from before it still run. ${toFirst}`,
    ],
    ['known to have ended', history(calm(), { oldestPod: at('06:01') }), [], 'human', undefined],
    [
      'left by kubectl two days ago',
      twice({ liveSince: at('11:10', '2026-02-27') }, { createdAt: at('11:00', '2026-02-27') }),
      [],
      'human',
      undefined,
    ],
    [
      'left by kubectl, nobody knows when',
      twice({}, { createdAt: at('11:00', '2026-02-27') }),
      [],
      'dual',
      `Revision 2 was left as failing: the template from before it came back as revision 3. ${none}`,
    ],
    [
      'of a StatefulSet, whose revisions keep no earlier numbers',
      history([revision(2, at('11:00')), revision(3, at('06:00'))]),
      [],
      'dual',
      `Revision 2 was left as failing: the template from before it came back as revision 3. ${none}`,
    ],
    [
      'live for a moment only',
      history([revision(1, at('02:00')), revision(2, at('10:58')), revision(3, at('11:00'))]),
      [],
      'human',
      'Revision 2 was live for 2 min only: whether its pods were ever ready is not known. Revision 1 was live for 9 h: kubectl rollout undo deployment/web --to-revision=1 -n shop',
    ],
    [
      'live for a moment only, but with ready pods now',
      history([
        revision(1, at('10:59')),
        revision(2, at('11:00'), { pods: { desired: 1, ready: 1 } }),
        revision(3, at('11:01')),
      ]),
      [],
      'human',
      undefined,
    ],
    ['judged before any of it was read', deploymentFacts(), [], 'human', undefined],
  ])('%s', (_name, facts, records, tier, sentence) => {
    const spec = judge(facts, undefined, records);
    const said = spec.lineItems.filter(({ rule }) => rule === 'failing-revision');
    expect(said.map((item) => item.sentence)).toEqual(sentence === undefined ? [] : [sentence]);
    expect(spec.tier).toBe(tier);
  });

  it('is dual by its number too', () => {
    expect(judge(twice(), 2)).toMatchObject({ tier: 'dual' });
  });
});
