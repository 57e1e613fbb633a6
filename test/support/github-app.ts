import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import type { Answered, Asked } from './pulls.ts';

/** What GitHub knows of apps: who they are, where they are installed, and which of their tokens are good. */
export interface GitHubApps {
  /** Undefined for what is not asked by an app itself. */
  answer(asked: Asked): Answered | undefined;
  mayUse(token: string): boolean;
  date(): Date;
}

export const noApp: GitHubApps = {
  answer: () => undefined,
  mayUse: () => false,
  date: () => new Date(),
};

/** An app that is installed for team/shop, and the clock of its GitHub. */
export interface AppOnStage extends GitHubApps {
  readonly id: string;
  readonly privateKey: string;
  /** All that were given out, oldest first. */
  readonly tokens: string[];
  /** Milliseconds by which GitHub's clock is before that of this machine. */
  ahead: number;
  isInstalled: boolean;
  /** What the installation was granted. */
  granted: Readonly<Record<string, string>>;
  /** Ends all tokens, as an uninstallation or an hour does. */
  endAll(): void;
}

const claims = z.strictObject({ iat: z.number().int(), exp: z.number().int(), iss: z.string() });
const asksFor = z.strictObject({
  repositories: z.array(z.string()),
  permissions: z.record(z.string(), z.string()),
});
const installation = 4711;

/** Seconds; GitHub takes no JWT that is good for longer (docs.github.com, "Generating a JSON Web Token (JWT) for a GitHub App"). */
const longest = 600;

let pair: { readonly publicKey: KeyObject; readonly privateKey: string } | undefined;

/** One for all tests of a process: making it takes a while. */
function keys() {
  if (pair === undefined) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    pair = { publicKey, privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() };
  }
  return pair;
}

export function appOnStage(id = '123456'): AppOnStage {
  const { publicKey, privateKey } = keys();
  const good = new Map<string, number>();
  const seconds = () => made.date().getTime() / 1000;
  const isTheApp = (authorization: string | undefined): string | undefined => {
    const [, jwt = ''] = /^bearer (.+)$/i.exec(authorization ?? '') ?? [];
    const [head = '', body = '', signature = ''] = jwt.split('.');
    const parsed = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (!verify('sha256', Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url')))
      return 'A JSON web token could not be decoded';
    z.strictObject({ alg: z.literal('RS256'), typ: z.literal('JWT') }).parse(parsed(head));
    const { iat, exp, iss } = claims.parse(parsed(body));
    if (iat > seconds()) return "'Issued at' claim ('iat') must be an Integer representing the time";
    if (exp <= seconds()) return "'Expiration time' claim ('exp') must be a numeric value in the future";
    if (exp - seconds() > longest) return "'Expiration time' claim ('exp') is too far in the future";
    return iss === id ? undefined : 'Integration not found';
  };
  const token = (body: unknown): Answered => {
    const wanted = asksFor.parse(body);
    if (wanted.repositories.join() !== 'shop')
      return [422, { message: 'There is at least one repository that does not exist' }];
    if (Object.entries(wanted.permissions).some(([name, level]) => made.granted[name] !== level))
      return [422, { message: 'The permissions requested are not granted to this installation.' }];
    const text = `ghs_${String(made.tokens.length + 1).padStart(36, '0')}`;
    const until = seconds() + 3600;
    made.tokens.push(text);
    good.set(text, until);
    return [201, { token: text, expires_at: new Date(until * 1000).toISOString() }];
  };
  const made: AppOnStage = {
    ...{ id, privateKey, tokens: [], ahead: 0, isInstalled: true },
    granted: { contents: 'write', pull_requests: 'write', metadata: 'read' },
    date: () => new Date(Date.now() + made.ahead),
    mayUse: (text) => (good.get(text) ?? 0) > seconds(),
    endAll: () => good.clear(),
    answer: ({ method, path, body, headers }) => {
      const isLookUp = method === 'GET' && path === '/repos/team/shop/installation';
      const isGrant = method === 'POST' && /^\/app\/installations\/\d+\/access_tokens$/.test(path);
      if (!isLookUp && !isGrant) return undefined;
      const flaw = isTheApp(headers.authorization);
      if (flaw !== undefined) return [401, { message: flaw }];
      if (!made.isInstalled || (isGrant && !path.includes(`/${installation}/`)))
        return [404, { message: 'Not Found' }];
      return isGrant ? token(body) : [200, { id: installation }];
    },
  };
  return made;
}
