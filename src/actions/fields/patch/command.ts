import { describeTarget } from '../../../domain/action.ts';
import { patchableKinds } from '../../../domain/patchable.ts';
import type { Command } from '../../command.ts';
import { objects, quote, words } from '../../grammar/canonical.ts';
import { type Details, type Given, missingFlag } from '../../grammar/details.ts';
import { given, notOffered, valueFlag } from '../../grammar/flag.ts';
import type { Objection } from '../../grammar/refusal.ts';
import { isObjection } from '../../grammar/refusal.ts';
import { fieldLeaves } from './field-leaves.ts';
import { mergePatch } from './merge-patch.ts';
import { readPatch } from './read-patch.ts';

const VERB = 'patch';

const PATCH = valueFlag('patch', 'p');
const TYPE = valueFlag('type');

const SUBRESOURCE = {
  ...valueFlag('subresource'),
  meaning: notOffered('Subresources cannot be patched here; their fields are changed on the object itself.'),
};

/** Whatever can be written into an object by itself; most of it is another verb, by which it is then judged. */
export const patchCommand: Command<'patch'> = {
  verb: VERB,
  words: [VERB],
  kinds: [...patchableKinds, 'Pod', 'Node'],
  names: 'several',
  otherWords: {},
  whyNot: () => '',
  flags: [PATCH, TYPE, SUBRESOURCE],
  needs: [PATCH],
  isArgument: () => false,
  read: readDetails,
  leaves: fieldLeaves,
  usage: `kubectl patch deployment/NAME -p '{"spec":{"replicas":COUNT}}' -n NAMESPACE`,
  usageByKind: {
    CronJob: `kubectl patch cronjob/NAME -p '{"spec":{"suspend":true}}' -n NAMESPACE`,
    Job: `kubectl patch job/NAME -p '{"spec":{"suspend":true}}' -n NAMESPACE`,
    HorizontalPodAutoscaler: `kubectl patch hpa/NAME -p '{"spec":{"maxReplicas":COUNT}}' -n NAMESPACE`,
    Node: `kubectl patch node/NAME -p '{"spec":{"unschedulable":true}}'`,
    Pod: `kubectl patch pod/NAME -p '{"metadata":{"labels":{"KEY":"VALUE"}}}' -n NAMESPACE`,
    DaemonSet: `kubectl patch daemonset/NAME -p '{"spec":{"minReadySeconds":SECONDS}}' -n NAMESPACE`,
  },
  examples: [`patch deployment/web --type=merge -p '{"spec":{"minReadySeconds":10}}' -n shop`],
  help: 'change fields that are safe to change',
  done: 'fields changed',
  print: ({ verb, target, fields }) =>
    words(verb, objects(target), '--type=merge', '-p', quote(mergePatch(fields))),
  phrase: ({ verb, target }) => `${verb} ${describeTarget(target)}`,
  // Only numbers and words of the API: a patch that writes other texts is another verb.
  secretTexts: () => [],
};

function readDetails({ object, flags, end, leaves }: Given): Details | Objection {
  const patch = given(flags, PATCH);
  if (!patch) return missingFlag('"patch" needs -p.', end);
  const meaning = readPatch(object.kind, { patch, type: given(flags, TYPE), leaves });
  if (isObjection(meaning)) return meaning;
  const fields = { verb: meaning.verb, ...meaning.fields };
  if (meaning.verb !== VERB) return { fields, notes: [`The patch is understood as "${meaning.verb}".`] };
  if ('name' in object) return { fields, notes: [] };
  const reason = 'These fields are patched on one object at a time; send one command for each.';
  return { code: 'several-targets', reason, span: patch.span };
}
