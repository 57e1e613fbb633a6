import { alike, type Equivalent } from './equivalent.ts';

/** Of what is sent over HTTP. */
export const ofDoors: readonly Equivalent[] = [
  ...alike(
    'src/adapters/http/encoding.ts',
    'Whatever is thrown by what unpacks is an error: only the compiler is told.',
    ["fault instanceof Error && 'code' in fault", 'true'],
    ["fault instanceof Error && 'code' in fault", "fault instanceof Error || 'code' in fault"],
  ),
  ...alike('src/adapters/http/signature.ts', 'Node joins what is sent twice: only the compiler is told.', [
    "[request.headers[signed.header] ?? ''].flat()",
    "[request.headers[signed.header] ?? '']",
  ]),
  ...alike('src/adapters/http/route.ts', 'There is exactly one.', [
    'given.some((secret) => isOneOf(secret, token))',
    'given.every(secret => isOneOf(secret, token))',
  ]),
  ...alike(
    'src/adapters/http/route.ts',
    'It stands for what nobody has sent, and no token is empty or has blanks in it.',
    ["['']", '[]'],
    ["''", '"Stryker was here!"', "if (!basic || header?.startsWith('Basic ') !== true) return [''];"],
    ["''", '"Stryker was here!"', "return [text.includes(':') ? text.slice(text.indexOf(':') + 1) : ''];"],
  ),
  ...alike('src/adapters/http/route.ts', 'What is empty between two blanks is left out.', [
    '/\\s+/',
    '/\\s/',
  ]),
  ...alike('src/adapters/http/alert-route.ts', 'Nothing is answered with 300.', [
    'reply.status < 300',
    'reply.status <= 300',
  ]),
];
