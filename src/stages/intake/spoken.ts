import { kindNamed } from './grammar/kinds.ts';

/** Only words, names and flags: of anything else it is not known what was meant. */
const PLAIN = /^[\w\s./:=%>#-]{1,500}$/;

/** What stands before a command and is none of it: a prompt, another program, the command of the chat, a courtesy. */
const BEFORE = /^\s*(?:(?:[%>#]|sudo|oc|kubectl|\/?remediate|please|pls)\s+)+/i;

/** They name no object: a command takes none of these. */
const ALL = /\s(?:all|any|each|every|everything)\b/i;

/**
 * What is said in words, in the words of kubectl: `restart the checkout deployment in shop` is
 * `restart deployment/checkout -n shop`. Only good for a proposal; undefined where nothing is said so.
 */
export function fromSpoken(text: string): string | undefined {
  if (!PLAIN.test(text) || ALL.test(text)) return undefined;
  const said = text.trim().replace(/\s+/g, ' ');
  const command = said
    .replace(BEFORE, '')
    .replace(/^(?:rollback|roll back)\b/i, 'undo')
    .replace(/ (?:the|please)(?= |$)/gi, '');
  const meant = withKindBefore(withNumber(withPlace(command)));
  return meant === said ? undefined : meant;
}

/** `in shop`, `in namespace shop`, `in shop namespace`, `ns=shop`; two places are one too many to be sure. */
function withPlace(command: string): string {
  if (/ (?:-n|--namespace)/.test(command)) return command;
  return command.replace(PLACE, (_all, namespace: string) => ` -n ${namespace}`);
}

const PLACE =
  / (?:in (?:(?:namespace|ns) )?|(?:namespace|ns)(?:[:=/] ?| )|n[:= ] ?)([a-z0-9-]+)(?: namespace)?(?=(?: back)? to (?:rev\w* )?\d| -|$)/i;

/** `to 5`, `to 5 replicas`, `to revision 3`: only an undo goes to a revision. */
function withNumber(command: string): string {
  if (/^(?:rollout )?undo /i.test(command))
    return command.replace(
      /(?: back)?(?: to| to rev(?:ision)?| rev(?:ision)?) (\d+)(?= -|$)/i,
      ' --to-revision=$1',
    );
  return command.replace(/ to (\d+)(?: (?:replicas|pods))?(?= -|$)/i, ' --replicas=$1');
}

/** `checkout deployment`: the kind behind the name, where no kind stands before it. */
function withKindBefore(command: string): string {
  return command.replace(/ ([a-z0-9.-]+) ([a-z]+)(?= -|$)/, (all, name: string, kind: string) =>
    kindNamed(kind) === undefined || kindNamed(name) !== undefined ? all : ` ${kind}/${name}`,
  );
}
