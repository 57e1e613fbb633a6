import { beforeEach } from 'vitest';
import type { Aftermath } from '../../src/domain/manifest/emergency.ts';
import type { Remediation } from '../../src/domain/remediation.ts';
import { after as later } from '../../src/domain/text/time.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { stepAfterwards } from '../../src/workflow/lasting/aftermath.ts';
import type { AftermathStep, StoredAftermath } from '../../src/workflow/lasting/aftermath-port.ts';
import { now as actNow, asked, inTwo, left, type Stage } from './emergency-stage.ts';

export interface How {
  readonly row?: Remediation | undefined;
  readonly stored?: Partial<StoredAftermath> | undefined;
  readonly aftermath?: Partial<Aftermath>;
  /** Nobody was paused. */
  readonly isUnpaused?: boolean;
  /** Seconds since the row was read. */
  readonly seconds?: number;
  readonly deaths?: number;
  readonly answer?: 'committed' | 'stale';
  readonly context?: Partial<WorkflowContext>;
  readonly signal?: AbortSignal;
}

export const ended = { step: 'ended', sentence: 'It is over.' } as const;
export const nothing = {
  step: 'ended',
  sentence: 'Nothing was changed, so no pull request was opened.',
} as const;

/**
 * Single steps of what an emergency leaves to do, for the test file that calls this: before each test a change was sent, with a
 * pause, a moment ago.
 */
export function onAftermath() {
  let stage: Stage;
  let row: Remediation;
  let stored: StoredAftermath;
  let now: string;
  beforeEach(async () => {
    stage = await asked();
    await actNow(stage, { pause: true });
    await inTwo(stage, 2);
    const found = left(stage);
    if (found?.aftermath.pause?.step !== 'begun') throw new Error('it was not begun');
    stored = { ...found, dueAt: found.dueAt };
    [row, now] = [stage.rig.row(1), stage.rig.now().now];
  });

  /** What was committed, and what else was done, in this order. */
  async function step(
    how: How = {},
  ): Promise<{ committed: AftermathStep | undefined; done: readonly string[] }> {
    const done: string[] = [];
    let committed: AftermathStep | undefined;
    const { context } = stage.rig;
    const given = 'stored' in how ? how.stored : {};
    const { pause: _pause, ...unpaused } = stored.aftermath;
    const before = how.isUnpaused === true ? unpaused : stored.aftermath;
    const whole = given && { ...stored, aftermath: { ...before, ...how.aftermath }, ...given };
    const store: WorkflowContext['store'] = {
      ...context.store,
      load: async () => ('row' in how ? how.row : row),
      aftermath: async () => whole,
      dismiss: async () => void done.push('dismissed'),
      settleAftermath: async (_row, next) => {
        committed = next;
        done.push('settled');
        return how.answer ?? 'committed';
      },
    };
    const probe = async (point: string) => void done.push(point);
    const clock = () => later(now, how.seconds ?? 0);
    const wake = {
      kind: 'aftermath',
      id: row.id,
      version: stored.steps,
      ...(how.deaths && { deaths: how.deaths }),
    } as const;
    const claim = { queue: 'wake', jobId: '1', attempt: 0 };
    const signal = how.signal ?? new AbortController().signal;
    await stepAfterwards({ ...context, store, probe, clock, ...how.context }, wake, claim, signal);
    return { committed, done };
  }

  const at = (seconds: number) => later(now, seconds);
  const pause = () => {
    const { pause: found } = stored.aftermath;
    if (found?.step !== 'begun') throw new Error('it was not begun');
    return found;
  };
  const unanswered = () => {
    if (row.state !== 'verifying' && row.state !== 'executing') throw new Error(row.state);
    const { results: _results, ...rest } = row;
    return { ...rest, state: 'executing' as const };
  };
  const failed = (more: object = {}): Remediation => ({
    ...unanswered(),
    ...({ state: 'failed', stage: 'execution', endedAt: now, failure: 'It is no use.' } as const),
    ...more,
  });

  return {
    ...{ step, at, pause, unanswered, failed },
    get stage() {
      return stage;
    },
    get stored() {
      return stored;
    },
    get now() {
      return now;
    },
  };
}
