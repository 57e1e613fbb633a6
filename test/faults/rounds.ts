import { livenessCheck } from '../../src/adapters/postgres/jobs/liveness.ts';
import { type Spoiling, spoil } from '../chaos/statement-faults.ts';
import { headOf, interceptStatements, type Statement } from '../chaos/statements.ts';
import type { FaultScenario } from './fault-scenario.ts';
import { readRemediations } from './ledger.ts';
import { decideUntilOver } from './people.ts';

/** At which statement of a round what befalls it; `head` as in statements.ts. */
export interface Cut {
  readonly head: string;
  readonly occurrence: number;
  readonly how: Spoiling;
}

/** What a round took: the heads of its statements in their order, and whether it came to its cut. */
interface Round {
  readonly heads: readonly string[];
  readonly isMet: boolean;
}

/** Small remediations, one after the other, by one replica whose every statement is watched. */
export interface Rounds {
  /**
   * One more, from the command to the last reply.
   *
   * @throws where the command is not understood at once, or where it does not succeed
   */
  play(cut?: Cut): Promise<Round>;
}

/** The watch over the statements of this process, which there can be only one of; it spares who only looks on. */
const watch: { meet: (statement: Statement) => unknown; isSet: boolean } = {
  meet: (statement) => statement.pass(),
  isSet: false,
};

/** @param namespace `shop`, where one person approves, or `payments`, where two do */
export async function startRounds(scenario: FaultScenario, namespace: 'shop' | 'payments'): Promise<Rounds> {
  const now: { cut: Cut | undefined; heads: string[]; seen: number } = { cut: undefined, heads: [], seen: 0 };
  watch.meet = (statement) => {
    const isOurs = statement.name.startsWith('firebreak') && statement.text !== livenessCheck;
    if (!isOurs) return statement.pass();
    const head = headOf(statement.text);
    now.heads.push(head);
    if (head !== now.cut?.head) return statement.pass();
    now.seen += 1;
    return now.seen === now.cut.occurrence ? spoil(statement, now.cut.how) : statement.pass();
  };
  if (!watch.isSet) interceptStatements((statement) => watch.meet(statement));
  watch.isSet = true;
  await scenario.peer();
  const target = namespace === 'shop' ? 'web' : 'ledger';
  let round = 0;
  return {
    play: async (cut) => {
      round += 1;
      const known = (await readRemediations(scenario.knex)).length;
      Object.assign(now, { cut, heads: [], seen: 0 });
      const told = scenario.slack.ephemerals('U0ALICE').length;
      const said = await scenario.slack.slash(
        'U0ALICE',
        `annotate deployment/${target} example.com/round=${round} --overwrite -n ${namespace}`,
      );
      const isLate = JSON.stringify(said).includes('This takes longer than usual');
      if (isLate) await understoodLate(scenario, told);
      else if (!JSON.stringify(said).includes('Understood')) throw new Error(JSON.stringify(said));
      await decideUntilOver(scenario, ['U0BOB', 'U0CAROL']);
      const all = await readRemediations(scenario.knex);
      const state = all.at(-1)?.state;
      if (all.length !== known + 1 || state !== 'succeeded')
        throw new Error(`one command became ${all.length - known} remediations, the last of all is ${state}`);
      const { heads, seen } = now;
      now.cut = undefined;
      return { heads, isMet: cut === undefined || seen >= cut.occurrence };
    },
  };
}

/** On a busy machine the answer to a command comes after a word that it will: it is the next but one that she is told. */
async function understoodLate({ slack }: FaultScenario, before: number): Promise<void> {
  const { text } = await slack.until(() => slack.ephemerals('U0ALICE').at(before + 1));
  if (!text.includes('Understood')) throw new Error(text);
}

/** A round for each cut; what went wrong in which, and how many came to their cut. */
export async function playAll(
  rounds: Rounds,
  cuts: readonly Cut[],
): Promise<{ readonly wrong: readonly string[]; readonly met: number }> {
  const wrong: string[] = [];
  let met = 0;
  for (const cut of cuts) {
    const round = await rounds.play(cut).catch((fault: unknown) => {
      wrong.push(`${cut.how} at "${cut.head}"#${cut.occurrence}: ${fault}`);
    });
    met += Number(round?.isMet ?? true);
  }
  return { wrong, met };
}
