import { quoted } from '../../actions/grammar/display.ts';
import type { Refusal } from '../../actions/grammar/refusal.ts';
import { printAction } from '../../actions/print.ts';
import { labelName } from '../../domain/action.ts';
import { parseCommand } from './command.ts';
import { defaultMeant } from './grammar/assemble.ts';
import { unwrapped } from './grammar/wrapping.ts';

/** What may stand behind a name that is the last word, or the last of a part of a sentence. */
const END = String.raw`(?=[.,;!)]+(?:\s|$)|$)`;
const NAME = String.raw`([a-z0-9-]+)(?=[.,;!)]*(?:\s|$))`;

/** A namespace in words. `the namespace is full` names none, and what follows `in the namespace` may be any word. */
const NAMESPACES = [
  new RegExp(String.raw`(?<=^|\s)(?:(?:namespace|ns)[:=]|ns/|n=)${NAME}`, 'gi'),
  new RegExp(String.raw`(?<=^|\s)(?:namespace|ns): ([a-z0-9-]+)${END}`, 'gi'),
  new RegExp(String.raw`(?<=^|\s)in (?:namespace|ns)(?:: ?|[=/ ])${NAME}`, 'gi'),
  /(?<=^|\s)in (?:the )?([a-z0-9-]+) (?:namespace|ns)(?![\w-])/gi,
  /^(?:(?:namespace|ns|n)(?:: ?|[= ])|in )([a-z0-9-]+)[.!]?$/gi,
];

/** A revision to go to; `revision 4 is broken` is none, nor is one that an update came to. */
const REVISIONS = [
  /(?:^|(?<=(?<!\w|(?:was|were|went|came|fell|change|update) )back ))(?:back )?to (?:the )?(?:revision|rev) ?#?(\d{1,9})(?!\w)/gi,
  /^(?:back )?(?:to |revision |rev |to the )#?(\d{1,9})[.!]?$/gi,
];

/** Words that stand where a name would. */
const NO_NAMES = new Set(
  [
    'a an the this that these those our its their his her my your one some any each every all both several many most',
    'same whole entire full other another wrong right correct affected current new old first last next only own single',
    'and or but so as at by for from in of on since to with without when while where because again also too now today',
    'is are was were be has have had it they we who which what there here not no never always still only',
    'quota quotas limit limits exceeded terminating deleted missing gone stuck broken cleanup migration',
    'default progress crashloop crashloopbackoff backoff imagepullbackoff error errors pending unknown trouble',
    'doubt question case fact general total vain time advance turn use place need order sync flames fire panic',
    'hurry haste limbo maintenance parallel loop loops short brief part parts',
  ].flatMap((line) => line.split(' ')),
);

/** A namespace is taken as it is typed; a capital or a number alone is none. */
const isNamespace = (value: string): boolean =>
  labelName.safeParse(value).success && /[a-z]/.test(value) && !NO_NAMES.has(value);

/**
 * Objects to a reason that says in words where or to what the command was meant to go, where the command itself does not say it:
 * `-- in namespace shop` would act in "default", `-- to revision 3` would undo to another one. `text` is the command, the
 * separator and the reason; the refusal's places are places in it.
 */
export function placeInReason(text: string, command: string, reason: string): Refusal | undefined {
  const plain = unwrapped(command).trimEnd();
  const read = parseCommand(plain);
  if (read.kind !== 'action') return undefined;
  const wanted = [
    { forms: read.notes.includes(defaultMeant) ? NAMESPACES : [], flag: '-n ', isValue: isNamespace },
    { forms: REVISIONS, flag: '--to-revision=', isValue: () => true },
  ];
  for (const { forms, flag, isValue } of wanted) {
    const all = forms.flatMap((form) => [...reason.matchAll(form)]);
    const found = all.find(([, value = '']) => isValue(value));
    if (found === undefined) continue;
    const [said, value = ''] = found;
    // It is refused where the command has that flag already, or cannot have it.
    const meant = parseCommand(`${plain} ${flag}${value}`);
    if (meant.kind !== 'action') continue;
    const start = text.indexOf(reason, command.length) + found.index;
    return {
      code: 'unknown-flag',
      reason: `A lone "--" starts the reason, and ${quoted(said)} in it is not heard; write ${flag}${value} before the "--".`,
      span: { start, end: start + said.length },
      nearest: printAction(meant.action),
    };
  }
  return undefined;
}
