import type { ActionOf } from '../../domain/action.ts';
import { redact } from '../../domain/text/redact.ts';
import {
  block,
  type Finding,
  nothing,
  type Rule,
  type RuleInput,
  sourceOf,
} from '../../stages/evaluate/rule.ts';
import { begins, isMetadata, liveTexts, mapOf } from './texts.ts';

/** Characters of a live annotation that are told: it may be long, and people only have to know it again. */
const shown = 80;

/** Block: keys that are not for people, one that is written twice, a value that is there, and what is so already. */
export const metadataPossible: Rule = (input) => {
  const { action } = input;
  if (!isMetadata(action)) return nothing;
  const { set, remove } = action;
  const source = sourceOf(input, `metadata.${mapOf(action)}`);
  const keys = [...set.map(({ key }) => key), ...remove];
  const owned = keys.flatMap((key) => ownedBy(input, key));
  if (owned.length > 0) return owned.map((sentence) => block(sentence, source));
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) return [block(`The key ${twice} is named twice.`, source)];
  const kept = action.overwrite ? [] : taken(input, action);
  if (kept.length > 0) return kept;
  return isSo(input, action) ? [block(`${input.name} already has these ${mapOf(action)}.`, source)] : nothing;
};

type Metadata = ActionOf<'label' | 'annotate'>;

/** What `--overwrite` is for (validateNoOverwrites in kubectl/pkg/cmd/label/label.go). */
function taken(input: RuleInput, action: Metadata): readonly Finding[] {
  const live = liveTexts(input, action);
  return action.set
    .filter(({ key, value }) => live.get(key) !== undefined && live.get(key) !== value)
    .map(({ key }) => {
      const text = redact(live.get(key) ?? '').slice(0, shown);
      const sentence = `${input.name} has ${key}=${text} already; --overwrite replaces it.`;
      return block(sentence, sourceOf(input, `metadata.${mapOf(action)}`));
    });
}

function isSo(input: RuleInput, action: Metadata): boolean {
  const live = liveTexts(input, action);
  const isSet = action.set.every(({ key, value }) => live.get(key) === value);
  return isSet && action.remove.every((key) => !live.has(key));
}

/**
 * Whose a key is, by what it is or begins with. Written by hand, it makes its owner act on something that is not so. Of a
 * node's these are what the kubelet and the cloud controller write (k8s.io/kubelet/pkg/apis/well_known_labels.go).
 */
const owners: readonly (readonly [readonly string[], string])[] = [
  [
    ['deployment.kubernetes.io/', 'pod-template-hash', 'controller-revision-hash', 'pod-template-generation'],
    'the controllers of workloads count revisions by it',
  ],
  [
    [
      ...['controller-uid', 'job-name', 'batch.kubernetes.io/', 'cronjob.kubernetes.io/'],
      ...['statefulset.kubernetes.io/', 'apps.kubernetes.io/'],
    ],
    'a controller writes it and finds its pods by it',
  ],
  [
    ['kubectl.kubernetes.io/last-applied-configuration'],
    'kubectl apply works out from it what somebody has taken out',
  ],
  [
    [
      ...['argocd.argoproj.io/tracking-id', 'argocd.argoproj.io/instance', 'meta.helm.sh/'],
      ...['kustomize.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/'],
    ],
    'it says whose the object is, and its manager would lose it or take it over',
  ],
  [
    [
      ...['kubernetes.io/config.', 'kubelet.kubernetes.io/', 'node.kubernetes.io/', 'beta.kubernetes.io/'],
      ...['kubernetes.io/hostname', 'kubernetes.io/os', 'csi.volume.kubernetes.io/nodeid'],
      ...['volumes.kubernetes.io/controller-managed-attach-detach', 'alpha.kubernetes.io/provided-node-ip'],
    ],
    'the kubelet of the node writes it',
  ],
  [
    ['topology.kubernetes.io/', 'failure-domain.beta.kubernetes.io/', 'kubernetes.io/arch'],
    'it says where a node is and what it is, and volumes and pods are placed by it',
  ],
  [
    ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'],
    'whoever made the cluster writes it, and Firebreak knows by it which nodes run the control plane',
  ],
];

/** The one key of the kubelet's domains that people are meant to write (kubernetes.io, "Well-Known Labels, Annotations and Taints"). */
const free = 'node.kubernetes.io/exclude-from-external-load-balancers';

function ownedBy(input: RuleInput, key: string): readonly string[] {
  if (key === 'app.kubernetes.io/managed-by') {
    const isHelms = input.facts.identity.labels[key] === 'Helm' || input.facts.gitOps?.manager === 'helm';
    return isHelms ? [`${key} is not set by hand: Helm knows by it what belongs to its release.`] : [];
  }
  if (key === free) return [];
  const found = owners.find(([keys]) => keys.some((each) => begins(each, key)));
  return found === undefined ? [] : [`${key} is not set by hand: ${found[1]}.`];
}
