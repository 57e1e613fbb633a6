/** What was asked of Slack: an answer, or why there is none. */
export type Lookup<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What an answer is good for: how many seconds ago it may have been asked for, and whether one under way will do. */
export interface Need {
  readonly age: number;
  readonly shares: boolean;
}

/** An answer, and how many seconds before this question it was asked for. */
export type Aged<T> = Lookup<T> & { readonly age: number };

interface Question<T> {
  /** Milliseconds of the monotonic clock when it was put to Slack; its answer is as old as that. */
  readonly at: number;
  readonly answer: Promise<Lookup<T>>;
  answered: boolean;
}

/** Answers beyond this many are looked through for those that are of no use any more. */
const many = 500;
/** Seconds after which no need is met. */
const oldest = 60;

/** Asks about an id, and keeps what was found for as long as somebody may still be content with it. */
export function remembered<T>(
  read: (id: string) => Promise<Lookup<T>>,
): (id: string, need: Need) => Promise<Aged<T>> {
  const questions = new Map<string, Question<T>>();
  return async (id, { age: most, shares }) => {
    const now = performance.now();
    const last = questions.get(id);
    const age = last === undefined ? 0 : (now - last.at) / 1000;
    if (last !== undefined && (age <= most || (shares && !last.answered)))
      return { ...(await last.answer), age };
    const question: Question<T> = { at: now, answer: read(id), answered: false };
    if (questions.size >= many) forgetOld(questions, now);
    questions.set(id, question);
    const forget = () => questions.get(id) === question && questions.delete(id);
    try {
      const answer = await question.answer;
      question.answered = true;
      if (answer.kind === 'unknown') forget();
      return { ...answer, age: 0 };
    } catch (fault) {
      forget();
      throw fault;
    }
  };
}

function forgetOld<T>(questions: Map<string, Question<T>>, now: number): void {
  for (const [id, { at, answered }] of questions)
    if (answered && now - at > oldest * 1000) questions.delete(id);
}
