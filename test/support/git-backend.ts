import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/* Git's own server over HTTP, in a small process of `git-server.ts`. It says its port, and ends with its standard input. */

const [root = ''] = process.argv.slice(2);
const server = createServer(serve);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : undefined);
});
process.stdin.on('end', () => process.exit(0)).resume();

/** CGI, as git-scm.com, "git-http-backend", has it. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const child = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      REMOTE_USER: 'somebody',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: request.headers['content-length'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  });
  request.pipe(child.stdin);
  // Whoever has asked may be gone before Git has read it all.
  child.stdin.on('error', () => {});
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.on('close', () => {
    const all = Buffer.concat(parts);
    const end = all.indexOf('\r\n\r\n');
    const headers = all.subarray(0, end).toString('utf8').split('\r\n');
    const named = headers.map((line) => line.split(': ', 2));
    const status = Number(named.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200);
    const others = named.flatMap(([name = '', value = '']) => (name === 'Status' ? [] : [[name, value]]));
    response.writeHead(status, Object.fromEntries(others)).end(all.subarray(end + 4));
  });
}
