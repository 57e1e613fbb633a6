import { randomUUID } from 'node:crypto';
import { isFinal, type Remediation } from '../../src/domain/remediation.ts';
import { after } from '../../src/domain/text/time.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { createCommands } from '../../src/workflow/intake/commands.ts';
import { performed } from '../fixtures/performed.ts';
import { createRig, type RigOptions } from '../fixtures/rig.ts';
import type { TestDatabase } from './database.ts';

/** What a test lets happen. `until`: the state to stop in; the end where there is none. */
export interface Life {
  readonly command: string;
  readonly approvers?: readonly string[];
  readonly until?: Remediation['state'];
  readonly world?: RigOptions['world'];
}

const teamId = 'T0TEAM';

/**
 * A remediation as the workflow brings it about, judged, decided, carried out and verified for real, in a real database; only the
 * cluster and the time are the test's.
 */
export async function live(db: TestDatabase, life: Life): Promise<Remediation> {
  const rig = createRig({ ...(life.world === undefined ? {} : { world: life.world }) });
  const context: WorkflowContext = { ...rig.context, store: db.store, newId: randomUUID };
  const commands = createCommands(context);
  const actor = { userId: 'U0ASKER', teamId };
  const told = await commands.remediate({ text: life.command, actor, requestKey: randomUUID() });
  if (told.kind !== 'accepted') throw new Error(JSON.stringify(told));
  const { number } = told;
  const left = [...(life.approvers ?? [])];
  for (let turns = 0; turns < 60; turns += 1) {
    const row = await db.store.byNumber(number);
    if (row === undefined) throw new Error(`remediation ${number} is gone`);
    if (isFinal(row.state) || row.state === life.until) return row;
    rig.now().now = after(rig.now().now, 15);
    const moved = await performed(context, row, 0, AbortSignal.timeout(60_000));
    if (moved !== undefined) await db.store.transition(row, moved);
    else await click(row, left.shift());
  }
  throw new Error(`remediation ${number} does not come to an end`);

  async function click(row: Remediation, userId: string | undefined): Promise<void> {
    if (userId === undefined || row.state !== 'waiting') throw new Error(`it stays ${row.state}`);
    const answer = await commands.vote({
      remediationId: row.id,
      digest: row.digest,
      actor: { userId, teamId },
      decision: 'approve',
    });
    if (answer.kind !== 'recorded') throw new Error(answer.sentence);
  }
}
