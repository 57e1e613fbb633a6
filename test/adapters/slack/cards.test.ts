import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyed } from '../../../src/adapters/slack/blocks.ts';
import { actionIds, parseValue } from '../../../src/adapters/slack/cards/buttons.ts';
import { responseMessage } from '../../../src/adapters/slack/cards/command-response.ts';
import { detailsModal } from '../../../src/adapters/slack/cards/details.ts';
import { incidentCard } from '../../../src/adapters/slack/cards/incident.ts';
import { remediationCard, shortCard } from '../../../src/adapters/slack/cards/remediation.ts';
import { replyMessage, shortReply } from '../../../src/adapters/slack/cards/reply.ts';
import { rollbackText } from '../../../src/adapters/slack/cards/sections.ts';
import { faultsOf, modalFaultsOf } from '../../../src/adapters/slack/limits.ts';
import { incident } from '../../../src/domain/incidents/incident.ts';
import { moves, type State } from '../../../src/domain/remediation.ts';
import type { RollbackPlan } from '../../../src/domain/spec.ts';
import { noon, scaleTo } from '../../fixtures/facts.ts';
import { allText, foreignMarkup, hostile, unseen } from './hostile.ts';
import { allStates, cardOf, digest, remediationIn, vote } from './remediations.ts';

const headlines: Readonly<Record<State, string>> = {
  requested: '🔎 Evaluating: restart Deployment/web in production',
  evaluated: '🔎 Dry run: restart Deployment/web in production',
  waiting: '✋ Approval needed: restart Deployment/web in production',
  approved: '👍 Approved: restart Deployment/web in production',
  pr_open: '🔀 Pull request: restart Deployment/web in production',
  executing: '🔧 Running: restart Deployment/web in production',
  verifying: '🔧 Verifying: restart Deployment/web in production',
  learning: '🔧 Finishing: restart Deployment/web in production',
  succeeded: '✅ Verified: restart Deployment/web in production',
  failed: '❌ Failed in verification: restart Deployment/web in production',
  inconclusive: '❔ Inconclusive: restart Deployment/web in production',
  no_action: '⚪ Withdrawn: restart Deployment/web in production',
  blocked: '⛔ Blocked: restart Deployment/web in production',
  rejected: '🚫 Rejected: restart Deployment/web in production',
  expired: '⌛ Expired: restart Deployment/web in production',
  superseded: '↪️ Superseded: restart Deployment/web in production',
};

const buttonsOf = (blocks: ReturnType<typeof remediationCard>['blocks']) =>
  blocks
    .flatMap((block) => (block.type === 'actions' ? block.elements : []))
    .flatMap((each) => (each.type === 'button' ? [each] : []));

describe('the card', () => {
  it('knows every state', () => {
    expect([...allStates].sort()).toEqual(Object.keys(moves).sort());
  });

  it.each(allStates)('keeps the limits of Slack in state %s and says it in its first words', (state) => {
    const { blocks, text } = remediationCard(cardOf(remediationIn(state)));
    expect(faultsOf(keyed(blocks, `card:${digest}`, 1))).toEqual([]);
    expect(blocks.length).toBeLessThanOrEqual(13);
    expect(blocks[0]).toMatchObject({ type: 'header', text: { text: headlines[state] } });
    expect(text.length).toBeLessThanOrEqual(300);
    expect(text).toContain('restart Deployment/web in production (remediation 42)');
  });

  it('links to the card that took its place, where that is known', () => {
    const content = {
      ...cardOf(remediationIn('superseded')),
      ...{ supersededBy: 43, successorAt: { channel: 'C0OPS', ts: '1700000000.000100' } },
    };
    const url = 'https://team.example.slack.com/';
    const { blocks } = remediationCard(content, url);
    expect(faultsOf(keyed(blocks, `card:${digest}`, 1))).toEqual([]);
    expect(blocks[2]).toMatchObject({
      text: {
        text: `*Remediation 43* takes its place: <${url}archives/C0OPS/p1700000000000100|thread>`,
      },
    });
    expect(allText(remediationCard(content).blocks)).not.toContain('takes its place');
    expect(allText(remediationCard(cardOf(content.remediation), url).blocks)).not.toContain(
      'takes its place',
    );
  });

  it('says what was tried before, when and why it did not work, the latest last', () => {
    const row = remediationIn('waiting');
    const step = (number: number, ended: 'failed' | 'not_verified' | 'inconclusive', because: string) => ({
      ...{ remediation: row.id, number, command: 'kubectl rollout undo deployment/web', ended, because },
      at: '2026-03-01T11:48:40.000Z',
    });
    const tried = [
      step(7, 'failed', 'the image `x` is <gone>.'),
      step(8, 'not_verified', '2 of 3 pods crash.'),
    ];
    const requestedBy = { kind: 'playbook', playbook: 'mend', alert: 'A', tried } as const;
    const shown = allText(remediationCard(cardOf({ ...row, requestedBy })).blocks);
    expect(shown).toContain(
      'Tried 12 min ago, at 11:48 UTC (remediation 7, kubectl rollout undo deployment/web): failed, because the image `x` is <gone>.',
    );
    expect(shown).toContain(
      '(remediation 8, kubectl rollout undo deployment/web): not verified, because 2 of 3',
    );
    expect(shown.indexOf('remediation 8')).toBeGreaterThan(shown.indexOf('remediation 7'));
  });

  it('mentions whom a reply wants, groups before people', () => {
    const to = { users: ['U0ANN'], groups: ['S0SRE', 'S0DBA'] };
    const { blocks, text } = replyMessage({
      kind: 'reply',
      notice: { kind: 'reply', headline: 'People are needed:', to, broadcast: true },
    });
    expect(blocks[0]).toMatchObject({
      text: {
        type: 'mrkdwn',
        text: '*People are needed:* <!subteam^S0SRE>, <!subteam^S0DBA> and <@U0ANN>',
      },
    });
    expect(text).toBe('People are needed:');
  });

  it.each([
    ['Approved by', undefined, 'Approved by <@U0ANN>'],
    ['Rejected by', 'not <now> & here', 'Rejected by <@U0ANN>: not &lt;now&gt; &amp; here'],
  ])('says in a notification who it was: %s', (headline, said, expected) => {
    const more = said === undefined ? {} : { body: said };
    const notice = { kind: 'reply', headline, by: 'U0ANN', ...more, broadcast: false } as const;
    expect(replyMessage({ kind: 'reply', notice }).mentioning?.mrkdwn).toBe(expected);
    expect(shortReply({ kind: 'reply', notice }).blocks).toMatchObject([{ text: { text: expected } }]);
  });

  it.each([
    ['Also reported:', 'Also reported: web is down.'],
    ['Executed', 'Executed: web is down.'],
    ['Really?', 'Really? web is down.'],
  ])('puts one colon at most between the headline %j and the rest', (headline, expected) => {
    const notice = { kind: 'reply', headline, body: 'web is down.', broadcast: false } as const;
    expect(replyMessage({ kind: 'reply', notice }).text).toBe(expected);
  });

  it('says that nothing was done where nothing was judged', () => {
    const judged = remediationIn('no_action');
    if (judged.state !== 'no_action') throw new Error('another state');
    const { spec: _spec, facts: _facts, digest: _digest, dryRun: _dryRun, ...row } = judged;
    const text = '⚪ Nothing done: restart Deployment/web in production';
    expect(remediationCard(cardOf(row)).blocks[0]).toMatchObject({ type: 'header', text: { text } });
  });

  it.each(allStates)('keeps the limits in its short form and in its details in state %s', (state) => {
    const remediation = remediationIn(state);
    expect(faultsOf(shortCard(cardOf(remediation)).blocks)).toEqual([]);
    const counterfactual = 'Would be auto if: outside production.';
    const view = detailsModal({ remediation, approvals: [vote('U0BOB')], counterfactual });
    expect(modalFaultsOf(view)).toEqual([]);
    expect(JSON.stringify(view).includes(counterfactual)).toBe('spec' in remediation);
  });

  it.each(allStates)('says what would be milder while people decide or where nobody may: %s', (state) => {
    const { blocks } = remediationCard(cardOf(remediationIn(state)));
    const said = JSON.stringify(blocks).includes('Would be auto if: outside production.');
    expect(said).toBe(state === 'waiting' || state === 'blocked');
  });

  it.each(allStates)('offers a decision only while one is wanted: %s', (state) => {
    const ids = buttonsOf(remediationCard(cardOf(remediationIn(state))).blocks).map(
      (button) => button.action_id,
    );
    expect(ids.includes(actionIds.approve)).toBe(state === 'waiting');
    expect(ids.includes(actionIds.reject)).toBe(state === 'waiting');
  });

  it('puts nothing but the id and the digest into a decision', () => {
    const waiting = remediationIn('waiting');
    for (const button of buttonsOf(remediationCard(cardOf(waiting)).blocks)) {
      expect(parseValue(button.value)).toEqual({ remediationId: waiting.id, digest });
      expect(button.accessibility_label).toContain('remediation 42');
    }
  });

  it('asks once more before a decision that two people must take', () => {
    const waiting = remediationIn('waiting');
    if (waiting.state !== 'waiting') throw new Error('not waiting');
    const dual = remediationIn('waiting', { spec: { ...waiting.spec, tier: 'dual', score: 70 } });
    const approve = buttonsOf(remediationCard(cardOf(dual)).blocks).find(
      (button) => button.action_id === actionIds.approve,
    );
    expect(approve?.confirm).toBeDefined();
  });

  it('counts only approvals of what it shows', () => {
    const votes = [
      vote('U0BOB'),
      vote('U0CAROL', { digest: 'b2'.repeat(32) }),
      vote('U0ALICE', { decision: 'reject' }),
    ];
    const dual = { tier: 'dual', score: 70 };
    const waiting = remediationIn('waiting');
    if (waiting.state !== 'waiting') throw new Error('not waiting');
    const text = allText(
      remediationCard(cardOf(remediationIn('waiting', { spec: { ...waiting.spec, ...dual } }), votes)).blocks,
    );
    expect(text).toContain('1 of 2 by <@U0BOB>');
    expect(text).toContain('One more person must approve by 13:00 UTC');
  });

  it('shows the score with its reasons, the conditions, the rollback and the dry run', () => {
    const text = allText(
      remediationCard(cardOf(remediationIn('waiting', {}, scaleTo(1, 'Deployment', 'production')))).blocks,
    );
    for (const part of [
      '*Risk ',
      '*Conditions, checked before each change*',
      'ready pod. Watched until verified.',
      '*Rollback:* Scale Deployment/web in production back to 3, which is live now.',
      '*Dry run:* accepted',
      '*Expires*\n13:00 UTC',
      'May approve',
    ]) {
      expect(text).toContain(part);
    }
  });

  it.each([
    [{ kind: 'none', sentence: 'It is gone.' }, '*Rollback:* none. It is gone.'],
    [
      { kind: 'actions', actions: [scaleTo(1)], sentence: 'Scale a. Scale b.' },
      '*Rollback:* one for each. Scale a. Scale b.',
    ],
  ] satisfies [RollbackPlan, string][])('says of the rollback %o: %s', (plan, text) => {
    expect(rollbackText(plan).mrkdwn).toBe(text);
  });

  it('keeps the blanks between its own words', () => {
    const ended = remediationIn('succeeded');
    if (ended.state !== 'succeeded') throw new Error('not succeeded');
    const spec = { ...ended.spec, tier: 'auto' } as const;
    const results = ended.results.map((result) => ({ ...result, sentence: 'Sent.', alreadyDone: true }));
    const text = allText(remediationCard(cardOf(remediationIn('succeeded', { spec, results }), [])).blocks);
    expect(text).toContain('*Approval*\nnot needed, runs by itself');
    expect(text).toContain('• Sent. (found already done)');
  });

  it('says who decided and when, after the decision', () => {
    expect(allText(remediationCard(cardOf(remediationIn('succeeded'), [vote('U0BOB')])).blocks)).toContain(
      '*Approved by*\n<@U0BOB> at 12:00 UTC',
    );
    expect(allText(remediationCard(cardOf(remediationIn('rejected'))).blocks)).toContain(
      '*Rejected by*\n<@U0BOB> at 12:00 UTC',
    );
  });

  it('takes whoever closed a pull request for nobody of the chat', () => {
    const request = { step: 'opening' } as const;
    const closed = { ...remediationIn('rejected'), rejectedBy: 'W3C', request };
    expect(allText(remediationCard(cardOf(closed)).blocks)).toContain('*Rejected by*\nW3C at 12:00 UTC');
  });
});

describe('the message of an alert', () => {
  const told = (annotations: Record<string, string>) => {
    const labels = { alertname: 'KubeNodeNotReady', node: 'worker-1' };
    const alert = { fingerprint: 'f', status: 'firing', labels, annotations, startsAt: noon };
    const opened = incident.parse({
      id: remediationIn('waiting').incidentId,
      state: 'triaged',
      version: 1,
      dedupKey: 'k',
      title: 'KubeNodeNotReady',
      alert: { ...alert, source: 'alertmanager' },
      noAction: 'No playbook matches.',
      createdAt: noon,
    });
    return incidentCard({ kind: 'incident', incident: opened });
  };

  it('says the name once where the alert says nothing else', () => {
    const { text, blocks } = told({});
    expect(text).toBe('Alert: KubeNodeNotReady. No playbook matches.');
    expect(allText(blocks).split('KubeNodeNotReady')).toHaveLength(2);
  });

  it('says what the alert says', () => {
    const { text, blocks } = told({ summary: 'The node is away.' });
    expect(text).toBe('Alert: KubeNodeNotReady. The node is away.');
    expect(allText(blocks)).toContain('The node is away.');
  });
});

describe('hostile text', () => {
  const asked = (evil: string) => ({
    ...{ remediation: remediationIn('waiting').id, number: 7, ended: 'rejected', at: noon },
    ...{ askedBy: evil, rejectedBy: evil, because: evil },
  });

  it('stays text on the card, in the details, in replies, in incidents and in receipts', () => {
    fc.assert(
      fc.property(fc.constantFrom(...allStates), hostile, (state, evil) => {
        const remediation = remediationIn(state, {
          reason: evil,
          failure: evil,
          rejectReason: evil,
          change: evil,
          dryRun: { kind: 'accepted', sentence: evil, warnings: [evil, evil] },
          results: [{ sentence: evil, alreadyDone: true, warnings: [] }],
          verdict: {
            result: 'verified',
            sentence: evil,
            decidedAt: noon,
            samples: [{ at: noon, grade: 'bad', sentence: evil }],
          },
          samples: [{ at: noon, grade: 'error', sentence: evil }],
          requestedBy: { kind: 'playbook', playbook: evil, alert: evil },
          anew: [asked(evil), asked(evil), asked(evil), asked(evil)],
        });
        const alert = {
          fingerprint: 'f',
          status: 'firing',
          labels: { alertname: evil, [evil]: evil, severity: evil },
          annotations: { summary: evil },
          startsAt: noon,
          source: 'alertmanager',
        };
        const opened = incident.parse({
          id: remediation.incidentId,
          state: 'triaged',
          version: 1,
          dedupKey: 'k',
          title: evil,
          alert,
          noAction: evil,
          createdAt: noon,
        });
        const messages = [
          remediationCard(cardOf(remediation, [vote(evil || 'U0BOB')])),
          shortCard(cardOf(remediation)),
          incidentCard({ kind: 'incident', incident: opened }),
          replyMessage({
            kind: 'reply',
            notice: {
              kind: 'reply',
              headline: evil,
              by: evil,
              body: evil,
              preformatted: evil,
              broadcast: false,
            },
          }),
          responseMessage({ kind: 'refused', preformatted: evil }),
          responseMessage({ kind: 'accepted', number: 1, sentence: evil, notes: [evil] }),
          responseMessage({ kind: 'text', title: evil, lines: [evil, evil] }),
        ];
        for (const { blocks } of messages) {
          expect(faultsOf(blocks)).toEqual([]);
          expect(foreignMarkup(blocks)).toEqual([]);
          expect(unseen(allText(blocks))).toEqual([]);
        }
        const view = detailsModal({ remediation, approvals: [vote(evil || 'U0BOB')], counterfactual: evil });
        expect(modalFaultsOf(view)).toEqual([]);
        expect(foreignMarkup(view)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
