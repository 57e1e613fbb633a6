import { printAction } from '../../actions/print.ts';
import { isGroup, namespaceOf, type Request } from '../../domain/action.ts';
import type { Requester, TriedStep } from '../../domain/actor.ts';
import type { PlaceholderValues } from '../../domain/incidents/placeholders.ts';
import {
  claimOf,
  type EndingInput,
  type Playbook,
  type Step,
  stepNamed,
} from '../../domain/incidents/playbook.ts';
import type { Remediation, RemediationIn } from '../../domain/remediation.ts';
import { cut } from '../../domain/text/text.ts';
import { fillTemplate } from '../../stages/intake/template.ts';
import { type Continuation, continuationOf } from '../../stages/learn/next-step.ts';
import { digestOf, type WorkflowContext } from '../context.ts';
import type { SideEffect, Transition } from '../ports.ts';
import { reply } from './transitions.ts';

type ByPlaybook = Extract<Requester, { kind: 'playbook' }>;
type Ended = RemediationIn<'failed' | 'inconclusive'>;

/** Characters of a reason and of stderr that an expression looks at; see the playbooks' vocabulary. */
const longest = 8000;

/**
 * The end of a playbook's step that did not work, with what the playbook goes on with: the next step as a remediation of its
 * own, its rollback, or a word to people. In the same commit as the end, so that none is lost and none comes twice.
 */
export function withNextStep(context: WorkflowContext, row: Remediation, transition: Transition): Transition {
  const { next } = transition;
  if ((next.state !== 'failed' && next.state !== 'inconclusive') || next.requestedBy.kind !== 'playbook')
    return transition;
  const { requestedBy } = next;
  const playbook = context.playbooks().find(({ name }) => name === requestedBy.playbook);
  const step = playbook && stepNamed(playbook, requestedBy.step);
  if (playbook === undefined || step === undefined) return transition;
  const isBegun = next.state === 'failed' && next.stage !== 'verification';
  // What stopped half-way is taken back before anything else is tried.
  if (isBegun && rollbacksOf(transition).length > 0) return escalated(row, transition, playbook);
  const continuation = continuationOf(playbook, step, endingOf(next, step));
  switch (continuation.kind) {
    case 'none':
    case 'rollback':
      return continuation.kind === 'rollback' && rollbacksOf(transition).length > 0
        ? transition
        : escalated(row, transition, playbook);
    case 'escalate':
      return escalated(row, transition, playbook, continuation.sentence);
    case 'step':
      return goneOn(context, { row, transition, playbook, requestedBy, ended: next }, continuation);
  }
}

const rollbacksOf = ({ sideEffects }: Transition): readonly SideEffect[] =>
  sideEffects.filter(({ kind }) => kind === 'propose');

/** How a step ended, as expressions see it. */
function endingOf(row: Ended, { name }: Step): EndingInput {
  const verdict = row.state === 'failed' && row.stage !== 'verification' ? undefined : row.verdict;
  const reason = row.state === 'failed' ? row.failure : row.verdict.sentence;
  const samples = row.verdict?.samples ?? [];
  const reasons = new Set(
    samples.filter(({ grade }) => grade !== 'good').map(({ sentence }) => cut(sentence, 500)),
  );
  return {
    verdict: verdict === undefined || verdict.result === 'verified' ? 'failed' : verdict.result,
    reason: cut(reason, longest),
    reasons: [...reasons].slice(0, 100),
    stderr: cut(row.verdict?.stderr ?? reason, longest),
    step: name,
    command: printAction(row.action),
  };
}

interface Going {
  readonly row: Remediation;
  readonly transition: Transition;
  readonly playbook: Playbook;
  readonly requestedBy: ByPlaybook;
  readonly ended: Ended;
}

/** With the next step in the place of the rollback; what has been tried already is not tried again. */
function goneOn(
  context: WorkflowContext,
  going: Going,
  { step, because }: Extract<Continuation, { kind: 'step' }>,
): Transition {
  const { row, transition, playbook, requestedBy, ended } = going;
  const tried = [...(requestedBy.tried ?? []), triedOf(ended)];
  const filled = fillTemplate(step.action, requestedBy.values ?? valuesIn(ended.action));
  if (filled.kind !== 'action')
    return escalated(
      row,
      transition,
      playbook,
      `The next step, ${step.action}, cannot be: ${filled.refusal.reason}`,
    );
  const command = printAction(filled.action);
  if (tried.some((each) => each.command === command))
    return escalated(row, transition, playbook, `The next step, ${command}, is what was tried already.`);
  const asked: ByPlaybook = {
    ...requestedBy,
    step: step.name,
    claim: claimOf(playbook, step),
    digest: digestOf(context, playbook),
    tried,
  };
  const why = because === undefined ? '' : ` because ${because}`;
  return {
    ...transition,
    sideEffects: [
      ...transition.sideEffects.filter(({ kind }) => kind !== 'propose'),
      reply(row, 'next', {
        headline: 'Next step',
        body: `Playbook ${playbook.name} goes on with ${command}${why}.`,
      }),
      {
        kind: 'propose',
        proposal: {
          id: context.newId(),
          action: filled.action,
          requestedBy: asked,
          ...(ended.reason === undefined ? {} : { reason: ended.reason }),
        },
      },
    ],
  };
}

function triedOf(row: Ended): TriedStep {
  const [ended, because] =
    row.state === 'failed' && row.stage !== 'verification'
      ? (['failed', row.failure] as const)
      : row.state === 'failed'
        ? (['not_verified', row.failure] as const)
        : (['inconclusive', row.verdict.sentence] as const);
  const at = row.startedAt ?? row.endedAt;
  return {
    remediation: row.id,
    number: row.number,
    command: printAction(row.action),
    ...{ ended, because: cut(because, 500), at },
  };
}

/** Of a row that was proposed before the values were kept: those of its own target. */
function valuesIn(action: Request): PlaceholderValues {
  if (isGroup(action)) return {};
  const { target } = action;
  const namespace = namespaceOf(target);
  return {
    kind: target.kind.toLowerCase(),
    name: target.name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(target.kind === 'Node' ? { node: target.name } : {}),
    ...(target.kind === 'Pod' ? { pod: target.name } : {}),
  };
}

/** With a word to whom the playbook names; without one it says only what its list says. */
function escalated(
  row: Remediation,
  transition: Transition,
  playbook: Playbook,
  sentence?: string,
): Transition {
  const { escalation } = playbook;
  if (escalation === undefined && sentence === undefined) return transition;
  const body = sentence ?? `Playbook ${playbook.name} has nothing more to try.`;
  return {
    ...transition,
    sideEffects: [
      ...transition.sideEffects,
      reply(row, 'escalated', {
        headline: 'This needs people:',
        body,
        broadcast: true,
        ...(escalation === undefined ? {} : { to: escalation }),
      }),
    ],
  };
}
