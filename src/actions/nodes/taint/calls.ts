import { describeTarget } from '../../../domain/action.ts';
import type { PatchOperation } from '../../../domain/plan.ts';
import { isJsonObject, type Json } from '../../../domain/text/json.ts';
import { valueAt } from '../../../domain/text/json-pointer.ts';
import { type Draft, type DraftInput, guardedPatch, refuse, send, withNode } from '../../draft.ts';
import { removes, taintsAfter } from '../taints.ts';

const path = '/spec/taints';

type Keyed = { readonly key: string; readonly effect: string; readonly raw: Json };

/**
 * The whole list, as the API server keeps it (listType=atomic), guarded by the whole list that was seen: a taint that a
 * controller adds in between is not lost, as it is with kubectl. Controllers add theirs at any time, so our work is
 * recognised by our own entries only.
 */
export function calls(input: DraftInput<'taint'>): Draft {
  return withNode(input, () => {
    const { add, remove } = input.action;
    const name = describeTarget(input.action.target);
    const seen = valueAt(input.snapshot, 'spec', 'taints') ?? null;
    const old = keyed(seen);
    const wanted = add.map(({ key, value, effect }): Keyed => {
      const raw = { key, ...(value === undefined || value === '' ? {} : { value }), effect };
      return { key, effect, raw };
    });
    const after = taintsAfter(old, wanted, remove).map(({ raw }) => raw);
    const gone = old.filter((each) => remove.some((removal) => removes(removal, each)));
    if (wanted.length + gone.length === 0) return refuse(`${name} has none of the taints to remove.`);
    return send(
      guardedPatch(input, {
        operations: [{ op: 'test', path, value: seen }, change(after)],
        done: [],
        entries: [
          ...wanted.map(({ key, effect, raw }) => ({ path, where: { key, effect }, value: raw })),
          ...gone.map(({ key, effect }) => ({ path, where: { key, effect }, value: null })),
        ],
        sentence: sentenceOf(name, wanted, gone),
      }),
    );
  });
}

function keyed(list: Json): Keyed[] {
  return (Array.isArray(list) ? list : []).flatMap((raw) => {
    const { key, effect } = isJsonObject(raw) ? raw : {};
    return typeof key === 'string' && typeof effect === 'string' ? [{ key, effect, raw }] : [];
  });
}

/** An empty list is left out by the API server. `add` replaces what is there (RFC 6902, 4.1). */
function change(after: Json[]): PatchOperation {
  return after.length === 0 ? { op: 'remove', path } : { op: 'add', path, value: after };
}

function sentenceOf(name: string, added: readonly Keyed[], gone: readonly Keyed[]): string {
  const names = (list: readonly Keyed[]) => list.map(({ key, effect }) => `${key}:${effect}`).join(', ');
  const parts = [
    added.length === 0 ? '' : `set the taint ${names(added)}`,
    gone.length === 0 ? '' : `remove the taint ${names(gone)}`,
  ].filter((part) => part !== '');
  return `On ${name} ${parts.join(' and ')}.`;
}
