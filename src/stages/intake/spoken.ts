import { kindNamed } from './grammar/kinds.ts';
import { typedCommands } from './grammar/typed-commands.ts';

/** Only words, names and flags: of anything else it is not known what was meant. */
const PLAIN = /^[\w\s./:=%>#-]{1,500}$/;

/** What stands before a command and is none of it: a prompt, another program, the command of the chat, a courtesy. */
const BEFORE = /^(?:(?:[%>#]|sudo|oc|kubectl|\/?remediate|please|pls) )+/i;

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
    .replace(OBJECT_FIRST, '$2 $1')
    .replace(/^(?:rollback|roll back|revert)\b/i, 'undo')
    .replace(POD_ANEW, 'delete pod ')
    .replace(/ (?:the|please)(?= |$)/gi, '');
  const meant = withKindBefore(withNumber(withPlace(command)));
  return meant === said || LEFT_OVER.test(meant) ? undefined : meant;
}

/** `deploy/web restart`, with whatever follows. */
const OBJECT_FIRST =
  /^([a-z]+\/[a-z0-9.-]+) ((?:rollout )?(?:restart|undo|pause|resume)|rollback|roll back|scale|suspend|delete)(?= |$)/i;

/** Who has a pod started anew deletes it. */
const POD_ANEW = /^(?:rollout restart|restart|kill|remove|evict) (?:pods?|po)[ /]/i;

/** Of a place that was said; it would be taken for an object. */
const LEFT_OVER = / (?:in|ns|namespace)(?= |$)/i;

/** `in shop`, `in namespace shop`, `in shop namespace`, `ns=shop`; two places are one too many to be sure. */
function withPlace(command: string): string {
  if (/ (?:-n|--namespace)/.test(command)) return command;
  return command.replace(
    takesPairs(command) ? PLACE_BESIDE_PAIRS : PLACE,
    (_all, namespace: string) => ` -n ${namespace}`,
  );
}

const PLACE =
  / (?:in (?:(?:namespace|ns)(?:[:=/] ?| ))?|(?:namespace|ns)(?:[:=/] ?| )|n[:= ] ?)([a-z0-9-]+)(?: namespace)?(?=(?: back)? to (?:rev\w* )?\d| -|$)/i;

const PLACE_BESIDE_PAIRS =
  / (?:in (?:(?:namespace|ns) )?|(?:namespace|ns|n) )([a-z0-9-]+)(?: namespace)?(?= -|$)/i;

/** Whether `ns=shop` would be one of the pairs that the command sets. */
function takesPairs(command: string): boolean {
  const said = new Set(command.toLowerCase().split(' '));
  return typedCommands.some(({ words, of }) => {
    const isArgument = (text: string) => of(undefined).isArgument({ text, start: 0, end: text.length });
    return words.every((word) => said.has(word)) && isArgument('ns=shop') && !isArgument('shop');
  });
}

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
