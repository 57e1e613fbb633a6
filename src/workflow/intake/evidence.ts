import { describeTarget, isGroup } from '../../domain/action.ts';
import type { Evidence } from '../../domain/incidents/evidence.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut } from '../../domain/text/text.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import { ClusterFault } from '../ports.ts';

/** Characters of one line; what an object is called and how it fails is shorter. */
const longestLine = 300;

/**
 * What there is to see of the target of what an alert brought about, before anything is done to it. Undefined where a person
 * asked, who has looked. That nothing could be seen costs nothing but the evidence.
 */
export async function evidenceOnArrival(
  { cluster, clock }: WorkflowContext,
  { requestedBy, action }: RemediationIn<'requested'>,
  signal: AbortSignal,
): Promise<Evidence | undefined> {
  if (requestedBy.kind !== 'playbook' || isGroup(action)) return undefined;
  const { target } = action;
  const nothing = { pods: [], images: [], changes: [], story: '' };
  const seen = await cluster.evidence(target, signal).catch((fault: unknown) => {
    if (!(fault instanceof ClusterFault)) throw fault;
    return { ...nothing, missing: [faultSentence(fault)] };
  });
  const lines = (texts: readonly string[]) => texts.map((text) => cut(redact(text), longestLine));
  return {
    at: clock(),
    target: describeTarget(target),
    pods: lines(seen.pods),
    images: lines(seen.images),
    changes: lines(seen.changes),
    story: redact(seen.story),
    missing: lines(seen.missing),
  };
}
