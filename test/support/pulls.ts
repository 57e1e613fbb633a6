import { createServer, type IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { GitServer } from './git-server.ts';

/** A request to take a branch into another, as every host keeps it. */
export interface Pull {
  number: number;
  head: string;
  base: string;
  title: string;
  body: string;
  state: 'open' | 'closed';
  merged?: string;
  closedBy?: string;
  /** In the words of the host. */
  mergeable: string;
}

/** A host's requests over the repository of a Git server. */
export interface Pulls {
  readonly api: string;
  readonly pulls: Pull[];
  /** Merges as the button does: a merge commit on the base. Returns it. */
  readonly merge: (number: number) => string;
  /** Requests that get no proper answer: so many more times this status, of those to a path if there is one. */
  readonly failing: { status: number; times: number; path?: RegExp };
  /** Whether its answers say what time it is. */
  readonly clock: { isTold: boolean };
  readonly close: () => Promise<void>;
}

export interface Asked {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
}

/** Status, and what is sent as JSON; undefined: nothing. */
export type Answered = readonly [number, unknown];

/** Merges a pull as the button of each host does. */
export function mergeOn(git: GitServer, pulls: readonly Pull[], number: number): string {
  const pull = pulls.find((each) => each.number === number);
  if (pull === undefined || pull.state === 'closed') throw new Error(`no open pull request ${number}`);
  const sha = (branch: string) => git.tip(branch);
  const tree = git.git('rev-parse', `${pull.head}^{tree}`);
  const parents = ['-p', sha(pull.base), '-p', sha(pull.head)];
  const made = git.git('commit-tree', tree, ...parents, '-m', `Merge #${number}`);
  git.git('update-ref', `refs/heads/${pull.base}`, made);
  Object.assign(pull, { state: 'closed', merged: made });
  return made;
}

/** Answers at a free port of this machine. @param date that the answers say, where a clock is to differ */
export async function serveJson(
  answer: (asked: Asked) => Answered,
  date: () => Date = () => new Date(),
): Promise<Pick<Pulls, 'api' | 'failing' | 'clock' | 'close'>> {
  const failing: Pulls['failing'] = { status: 502, times: 0 };
  const clock: Pulls['clock'] = { isTold: true };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const text = Buffer.concat(parts).toString('utf8');
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://x');
    const { method = '', headers } = request;
    if (failing.path?.test(pathname) !== false) failing.times -= 1;
    const [status, body] =
      failing.times >= 0 && failing.path?.test(pathname) !== false
        ? [failing.status, { message: 'away' }]
        : answer({
            ...{ method, query, headers, path: decodeURIComponent(pathname) },
            body: text === '' ? undefined : JSON.parse(text),
          });
    response.sendDate = false;
    response
      .writeHead(status, {
        'content-type': 'application/json',
        ...(clock.isTold ? { date: date().toUTCString() } : {}),
      })
      .end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    api: `http://127.0.0.1:${port}`,
    failing,
    clock,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
