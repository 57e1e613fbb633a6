import { type Action, type ActionOf, action, describeTarget } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import { patchableField } from '../../../domain/patchable.ts';
import type { RollbackPlan } from '../../../domain/spec.ts';
import { changesOf } from '../../../actions/fields/patch/patching.ts';
import { keysOf, liveTexts, mapOf } from '../../../actions/metadata/texts.ts';

type FieldAction = ActionOf<'label' | 'annotate' | 'set env' | 'set resources' | 'autoscale' | 'patch'>;

const none = (sentence: string): RollbackPlan => ({ kind: 'none', sentence });
const unread = none('There is no way back: what is live now is not known.');

/** The way back from what is done to single fields. */
export function fieldsBack(asked: FieldAction, facts: Facts): RollbackPlan {
  switch (asked.verb) {
    case 'label':
    case 'annotate':
      return textsBack(asked, facts);
    case 'set env':
    case 'set resources':
      return templateBack(asked, facts);
    case 'autoscale':
      return autoscalerBack(asked, facts);
    case 'patch':
      return valuesBack(asked, facts);
  }
}

/** To what was there, or to nothing. A value that no command can be written for is in the snapshot. */
function textsBack(asked: ActionOf<'label' | 'annotate'>, facts: Facts): RollbackPlan {
  const live = liveTexts({ facts }, asked);
  const keys = keysOf(asked);
  const set = keys.flatMap((key) => {
    const value = live.get(key);
    return value === undefined ? [] : [{ key, value }];
  });
  const remove = keys.filter((key) => !live.has(key));
  const back = asAction({ ...asked, set, remove, overwrite: true });
  const name = describeTarget(asked.target);
  if (back === undefined)
    return none(`No command can write what ${name} has now; the snapshot of it is stored.`);
  const picked =
    (facts.pickers ?? []).length > 0 ? ' A controller that has it again may end another pod.' : '';
  return {
    kind: 'action',
    action: back,
    sentence: `Put the ${mapOf(asked)} of ${name} back to what they are now.${picked}`,
  };
}

/** Through the history: it holds the old values, which may be secrets, so that no plan has to. */
function templateBack({ target }: ActionOf<'set env' | 'set resources'>, { subject }: Facts): RollbackPlan {
  const name = describeTarget(target);
  if (subject.kind !== 'workload' || subject.liveRevision === undefined) return unread;
  if (subject.paused)
    return none(
      `${name} is paused: its history does not have what is live, and a paused rollout cannot be undone.`,
    );
  const toRevision = subject.liveRevision;
  if (!subject.revisions.some(({ revision }) => revision === toRevision))
    return none(`There is no way back: revision ${toRevision} is not in the history of ${name}.`);
  const sentence = `Undo ${name} to revision ${toRevision}, which is live now.`;
  return { kind: 'action', action: { verb: 'rollout undo', target, toRevision }, sentence };
}

function autoscalerBack(asked: ActionOf<'autoscale'>, { autoscaler: live }: Facts): RollbackPlan {
  const { target } = asked;
  if (live === undefined) {
    const remedy = `kubectl delete hpa ${target.name} -n ${target.namespace}`;
    return none(
      `No action of Firebreak deletes an autoscaler: ${remedy} does, and leaves the replicas as they are then.`,
    );
  }
  const cpu = asked.cpu === undefined ? {} : { cpu: live.cpu?.percent };
  const back = asAction({ verb: 'autoscale', target, min: live.min, max: live.max, ...cpu });
  if (back === undefined)
    return none(
      `No command can write what HorizontalPodAutoscaler/${live.name} has now (${live.min} to ${live.max}).`,
    );
  const sentence = `Put HorizontalPodAutoscaler/${live.name} back to ${live.min} to ${live.max} replicas; those that it has moved stay until it looks again.`;
  return { kind: 'action', action: back, sentence };
}

function valuesBack(asked: ActionOf<'patch'>, facts: Facts): RollbackPlan {
  const { target } = asked;
  const name = describeTarget(target);
  if (facts.fields === undefined) return unread;
  const changes = changesOf(asked, facts);
  const fields = changes.flatMap(({ path, from }) =>
    from !== undefined && patchableField(target.kind, path)?.safeParse(from).success
      ? [{ path, value: from }]
      : [],
  );
  const lost = changes.filter(({ path }) => !fields.some((field) => field.path === path));
  if (lost.length > 0) {
    const paths = lost.map(({ path }) => path).join(', ');
    return none(`${name} has nothing at ${paths} now, and no action of Firebreak takes a field away.`);
  }
  const back = asAction({ verb: 'patch', target, fields });
  if (back === undefined) return unread;
  const list = fields.map(({ path, value }) => `${path} to ${value}`).join(', ');
  return { kind: 'action', action: back, sentence: `Set ${list} in ${name}, which is live now.` };
}

/** Undefined for what the closed set has no words for. */
function asAction(candidate: object): Action | undefined {
  const parsed = action.safeParse(candidate);
  return parsed.success ? parsed.data : undefined;
}
