import { quoted } from '../../actions/grammar/display.ts';
import type { Refusal } from '../../actions/grammar/refusal.ts';
import { printAction } from '../../actions/print.ts';
import { parseCommand } from './command.ts';
import { defaultMeant } from './grammar/assemble.ts';
import { unwrapped } from './grammar/wrapping.ts';

/** A namespace in words. `the namespace is full` names none. */
const NAMESPACES = [
  /(?<=^|\s)(?:namespace|ns|n)(?:[:=/] ?)([a-z0-9-]+)/i,
  /(?<=^|\s)in (?:the )?(?:namespace|ns) ([a-z0-9-]+)/i,
  /(?<=^|\s)in (?:the )?([a-z0-9-]+) (?:namespace|ns)(?![\w-])/i,
  /^(?:namespace|ns|n|in) ([a-z0-9-]+)[.!]?$/i,
];

/** A revision to go to; `revision 4 is broken` is none. */
const REVISIONS = [
  /(?<=^|\s)to (?:revision|rev) ?#?(\d{1,9})(?!\w)/i,
  /^(?:back )?(?:to |revision |rev |to the )#?(\d{1,9})[.!]?$/i,
];

/** Words that stand where a name would. */
const NO_NAMES = /^(?:default|this|that|the|our|its|their|same|whole|other|another|wrong|right|progress)$/i;

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
    { forms: read.notes.includes(defaultMeant) ? NAMESPACES : [], flag: '-n ' },
    { forms: REVISIONS, flag: '--to-revision=' },
  ];
  for (const { forms, flag } of wanted) {
    const found = forms.map((form) => form.exec(reason)).find((each) => each !== null);
    const [said = '', value = ''] = found ?? [];
    if (found === undefined || NO_NAMES.test(value)) continue;
    // It is refused where the command has that flag already, or cannot have it.
    const meant = parseCommand(`${plain} ${flag}${value.toLowerCase()}`);
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
