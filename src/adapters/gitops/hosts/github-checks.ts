import { RequestError } from '@octokit/request-error';
import { z } from 'zod';

/** What is known of the checks of one commit. */
export interface GitHubChecks {
  /** That there is at least one, and that all have ended well; false, too, where they may not be read. */
  havePassed(): Promise<boolean>;
  /** When it was made, by the clock of whoever made it; undefined where it may not be read. */
  committedAt(): Promise<string | undefined>;
}

type Route = `GET /repos/{owner}/{repo}/commits/{ref}${'' | '/check-runs' | '/status'}`;

const checkRuns = z.object({
  total_count: z.number(),
  check_runs: z.array(z.object({ status: z.string(), conclusion: z.string().nullish() })),
});
const combined = z.object({ state: z.string(), total_count: z.number() });
const commit = z.object({ commit: z.object({ committer: z.object({ date: z.string() }).nullish() }) });

/** How a check ends well (docs.github.com, "About status checks"). */
const passed: readonly unknown[] = ['success', 'neutral', 'skipped'];

/**
 * The check runs of a commit and its statuses, which older tools make (docs.github.com, REST API, "Check runs", "Commit
 * statuses"). They are rights of their own, which a fine-grained token and an app need not have.
 */
export function githubChecks(
  ask: (route: Route) => Promise<{ readonly data: unknown }>,
  { faultOf }: { readonly faultOf: (fault: unknown) => Error },
): GitHubChecks {
  const readable = async <T>(route: Route, schema: z.ZodType<T>): Promise<T | undefined> => {
    try {
      return schema.safeParse((await ask(route)).data).data;
    } catch (fault) {
      if (fault instanceof RequestError && [403, 404, 422].includes(fault.status)) return undefined;
      throw faultOf(fault);
    }
  };
  return {
    async havePassed() {
      const runs = await readable('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', checkRuns);
      const statuses = await readable('GET /repos/{owner}/{repo}/commits/{ref}/status', combined);
      // More than a page of them is not looked through.
      if (runs === undefined || statuses === undefined || runs.check_runs.length < runs.total_count)
        return false;
      // Without any status the state is "pending".
      if (runs.total_count + statuses.total_count === 0) return false;
      return (
        (statuses.total_count === 0 || statuses.state === 'success') &&
        runs.check_runs.every(
          ({ status, conclusion }) => status === 'completed' && passed.includes(conclusion),
        )
      );
    },
    async committedAt() {
      const found = await readable('GET /repos/{owner}/{repo}/commits/{ref}', commit);
      return found?.commit.committer?.date;
    },
  };
}
