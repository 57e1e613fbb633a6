/** What follows `stop` or `start`: a reason, after `--` where it would look like an object of the cluster. */
type StopWords =
  | { readonly kind: 'stop' | 'start'; readonly reason: string }
  | { readonly kind: 'unclear'; readonly sentence: string };

/** `deployment/web`, `deployment web`, a flag: what somebody would write who means a workload and not Firebreak. */
const looksLikeObject =
  /^(\S+\/\S|(pods?|po|deployments?|deploy|statefulsets?|sts|daemonsets?|ds|jobs?|cronjobs?|cj|nodes?|no|services?|svc|replicasets?|rs)(\s|$))|(^|\s)-{1,2}[a-z]/i;

/** `remediation 42`, `playbook restart-web`, with whatever follows; a sentence about one is a reason. */
const namesOne =
  /^(?:(?:the|this|that) )?(?:(?:remediation|incident|card|alert)s?:?\s+(?:(?:no|nr|number)\.?\s+)?#?\d+|playbook:?\s+["'`]?(?!(?:for|of|in|on|with|that|which)\s)[a-z0-9][\w.-]*)(?![\w-])/i;

/** `42`, `#42 please`, `42 again`. `3 clusters are down` is a reason. */
const numbersOne =
  /^#?\d+[.,;:!]?(?:\s+(?:please|pls|plz|again|now|asap|immediately|instead|too|also|today|thanks|thx)[.,;:!]*)*(?:$|\s+because\s)/i;

/** Behind a name, or in its place: what follows says something of it. */
const says =
  /^(?:(?:the|this|that) )?[a-z]+(?:\s+#?[\w.-]+)?\s+(?:is|was|has|had|does|did|keeps|kept|makes|made|breaks|broke|deletes|deleted|restarts|restarted|scales|scaled)\s/i;

const looksLikeOne = (reason: string): boolean =>
  numbersOne.test(reason) || (namesOne.test(reason) && !says.test(reason));

/**
 * Reads `stop <reason>` and `start <reason>`, which are about Firebreak as a whole. Whoever names an object most likely
 * means that, and is asked: a stop by mistake is loud, and a workload that was to be stopped goes on.
 */
export function readStop(word: 'stop' | 'start', text: string): StopWords {
  const rest = text
    .trim()
    .slice(word.length)
    .replace(/^[!?.,:;]+/, '')
    .trim();
  const said = /^(--|\u2014|\u2013)(\s|$)/.exec(rest);
  const reason = said === null ? rest : rest.slice(said[0].length).trim();
  if (reason === '') return { kind: 'unclear', sentence: `Say why: /remediate ${word} <reason>` };
  const isMeant = said !== null || !(looksLikeObject.test(reason) || looksLikeOne(reason));
  if (isMeant) return { kind: word, reason };
  const does = word === 'stop' ? 'stops all of Firebreak' : 'lets Firebreak go on after a stop';
  const sentence = `"${word}" ${does}, and is no command for ${looksLikeOne(reason) ? 'one remediation, incident or playbook' : 'an object'}. If that is meant: /remediate ${word} -- <reason>`;
  return { kind: 'unclear', sentence };
}
