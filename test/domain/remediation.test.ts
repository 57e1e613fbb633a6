import { describe, expect, it } from 'vitest';
import {
  activeStates,
  finalStates,
  holdingStates,
  isFinal,
  moves,
  remediation,
  type State,
} from '../../src/domain/remediation.ts';

const table: Record<State, string> = {
  requested: 'evaluated blocked no_action failed',
  evaluated: 'waiting approved blocked failed',
  waiting: 'waiting approved rejected expired no_action',
  approved: 'approved pr_open executing superseded expired failed no_action',
  pr_open: 'pr_open verifying rejected expired failed',
  executing: 'executing verifying failed',
  verifying: 'verifying learning',
  learning: 'succeeded failed inconclusive',
  succeeded: '',
  failed: '',
  inconclusive: '',
  no_action: '',
  blocked: '',
  rejected: '',
  expired: '',
  superseded: '',
};

const states = remediation.options.map((option) => option.shape.state.value);

describe('moves', () => {
  it.each(states)('from %s', (state) => {
    expect(moves[state].join(' ')).toBe(table[state]);
  });

  it('reach every state from the first', () => {
    const reached = new Set<State>(['requested']);
    for (const state of reached) for (const next of moves[state]) reached.add(next);
    expect([...reached].sort()).toEqual([...states].sort());
  });

  it('reach the cluster only through an approval', () => {
    const before = states.filter((state) => state !== 'executing' && moves[state].includes('executing'));
    expect(before).toEqual(['approved']);
  });

  it('lead out of every state that is not final', () => {
    const stuck = states.filter((state) => !isFinal(state) && moves[state].every((next) => next === state));
    expect(stuck).toEqual([]);
  });
});

describe('sets of states', () => {
  it('are final exactly where nothing leads on', () => {
    expect([...finalStates].sort()).toEqual(states.filter(isFinal).sort());
  });

  it('wait for a step or for people, or are final', () => {
    expect([...activeStates, 'waiting', ...finalStates].sort()).toEqual([...states].sort());
  });

  it('hold the target from the first write to the last look', () => {
    expect(holdingStates).toEqual(['executing', 'verifying']);
  });
});
