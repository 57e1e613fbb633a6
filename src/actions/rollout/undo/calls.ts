import { describeTarget } from '../../../domain/action.ts';
import type { Revision } from '../../../domain/facts/revision.ts';
import type { PatchOperation } from '../../../domain/plan.ts';
import type { Json, JsonObject } from '../../../domain/text/json.ts';
import { jsonPointer, valueAt } from '../../../domain/text/json-pointer.ts';
import { type Draft, type DraftInput, guardedPatch, refOf, refuse, send, withWorkload } from '../../draft.ts';
import { cleanTemplate, sameTemplate, templateFields } from '../../pod-template/template.ts';
import { unchangedSpec } from '../../pod-template/unchanged.ts';
import { movingWithin } from '../../scaling/kept-replicas.ts';
import { undoRevision } from './revision.ts';

type UndoInput = DraftInput<'rollout undo'>;

const changeCause = 'kubernetes.io/change-cause';

/** After kubectl's rollback.go: a Deployment takes its ReplicaSet's template, the others their ControllerRevision's data. */
export function calls(input: UndoInput): Draft {
  return withWorkload(input, (workload) => {
    const name = describeTarget(input.action.target);
    const found = undoRevision(input.action, workload);
    if (found.kind === 'none') return refuse(`${name} cannot be undone: ${found.reason}.`);
    return input.action.target.kind === 'Deployment'
      ? undoDeployment(input, found.revision)
      : undoByData(input, found.revision);
  });
}

const unread = (name: string, { revision, source }: Revision): Draft =>
  refuse(`${name} cannot be undone: the template of revision ${revision} could not be read from ${source}.`);

const unchanged = (name: string, { revision }: Revision): Draft =>
  refuse(`${name} already runs the template of revision ${revision}.`);

/** Annotations of the Deployment stay as they are, unlike with kubectl, which drops those younger than the revision. */
function undoDeployment(input: UndoInput, revision: Revision): Draft {
  const name = describeTarget(input.action.target);
  const template = cleanTemplate(revision.template);
  if (template === undefined) return unread(name, revision);
  const live = valueAt(input.snapshot, 'spec', 'template');
  if (sameTemplate(live, template)) return unchanged(name, revision);
  return send(
    guardedPatch(input, {
      operations: [
        ...unchangedTemplate(input, live),
        { op: 'replace', path: '/spec/template', value: template },
        ...cause(input, revision),
      ],
      done: templateFields(template),
      sentence: `Put the template of revision ${revision.revision} (${revision.source}) back into ${name}.`,
    }),
  );
}

/** Where the generation cannot guard it, the very template that is replaced is tested. */
function unchangedTemplate(input: UndoInput, live: Json | undefined): PatchOperation[] {
  const whole: PatchOperation[] =
    live === undefined || movingWithin(input.facts) === undefined
      ? []
      : [{ op: 'test', path: '/spec/template', value: live }];
  return [...unchangedSpec(input), ...whole];
}

/** A change cause that is there would from now on describe the wrong template in `kubectl rollout history`. */
function cause({ snapshot, remediationId }: UndoInput, { revision }: Revision): PatchOperation[] {
  if (valueAt(snapshot, 'metadata', 'annotations', changeCause) === undefined) return [];
  const path = jsonPointer('metadata', 'annotations', changeCause);
  return [{ op: 'replace', path, value: `undo to revision ${revision} (firebreak/${remediationId})` }];
}

/** The data of a ControllerRevision is itself a strategic merge patch that replaces the template whole. */
function undoByData(input: UndoInput, revision: Revision): Draft {
  const { action, facts, snapshot } = input;
  const name = describeTarget(action.target);
  const template = templateOf(revision);
  if (template === undefined || revision.template === undefined) return unread(name, revision);
  const live = valueAt(snapshot, 'spec', 'template');
  if (sameTemplate(live, template)) return unchanged(name, revision);
  const { uid } = facts.identity;
  return send({
    kind: 'strategicMerge',
    ref: refOf(action.target),
    uid,
    body: revision.template,
    recognise: { kind: 'fields', uid, fields: templateFields(template) },
    sentence: `Put the template of revision ${revision.revision} (${revision.source}) back into ${name}.`,
    unchanged: unchangedTemplate(input, live),
  });
}

function templateOf({ template }: Revision): JsonObject | undefined {
  return cleanTemplate(valueAt(template, 'spec', 'template'));
}
