import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DoubleFault, FaultScript } from './faults.ts';
import { methods } from './methods.ts';
import type { Workspace } from './workspace.ts';

/** The whole body of a request. */
export async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** The same as text. */
export const bodyOf = async (request: IncomingMessage): Promise<string> =>
  (await bytesOf(request)).toString('utf8');

/**
 * One Web API call: token, scope and scripted fault first, as Slack does, then the method itself.
 * `socketUrl` gives the address of a new socket.
 */
export async function serveApi(
  workspace: Workspace,
  faults: FaultScript,
  socketUrl: () => string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = (request.url ?? '').split('?')[0]?.replace('/api/', '') ?? '';
  const params = Object.fromEntries(new URLSearchParams(await bodyOf(request)));
  workspace.calls.push({ method, params });
  const answer = () => {
    const given = answerTo(workspace, method, params, request.headers.authorization, socketUrl);
    workspace.onTaken?.({ method, params, answer: given });
    return given;
  };
  const fault = faults.next(method);
  if (fault !== undefined) return failing(fault, answer, request, response);
  const headers = { 'content-type': 'application/json', 'x-oauth-scopes': workspace.scopes.join(',') };
  response.writeHead(200, headers).end(JSON.stringify(answer()));
}

function answerTo(
  workspace: Workspace,
  name: string,
  params: Readonly<Record<string, string>>,
  authorization: string | undefined,
  socketUrl: () => string,
): object {
  const method = methods[name];
  if (method === undefined) return { ok: false, error: 'unknown_method', req_method: name };
  const token = method.token === 'app' ? workspace.appToken : workspace.botToken;
  if (authorization === undefined) return { ok: false, error: 'not_authed' };
  if (authorization !== `Bearer ${token}`) return { ok: false, error: 'invalid_auth' };
  const needed = method.scope(workspace, params);
  if (needed !== undefined && !workspace.scopes.includes(needed)) {
    return { ok: false, error: 'missing_scope', needed, provided: workspace.scopes.join(',') };
  }
  return name === 'apps.connections.open' ? { ok: true, url: socketUrl() } : method.call(workspace, params);
}

function failing(
  fault: DoubleFault,
  answer: () => object,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  switch (fault.kind) {
    case 'rate_limited':
      response.writeHead(429, { 'retry-after': String(fault.retryAfter) }).end();
      return;
    case 'error':
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ok: false, error: fault.error }));
      return;
    case 'status':
      if (fault.accept) answer();
      response.writeHead(fault.status).end();
      return;
    case 'reset':
      if (fault.accept) answer();
      request.socket.destroy();
      return;
    case 'hang':
      if (fault.accept) answer();
  }
}
