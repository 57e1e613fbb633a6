import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Log } from '../../workflow/ports.ts';
import { logRefused, type Refusal } from './route.ts';

/** What proves that a body is a sender's: a secret that both know. */
interface Signed {
  /** The path of the route. */
  readonly path: string;
  /** The secret; several with blanks between them, while one takes the place of another. */
  readonly token: string;
  /** The header of the signatures, in lower case. */
  readonly header: string;
}

/** Of a route without a secret. */
export const disabled = ({
  path,
  variable,
}: {
  readonly path: string;
  readonly variable: string;
}): Refusal => ({
  kind: 'refused',
  status: 403,
  reason: `The endpoint ${path} is disabled: set ${variable} to the secret that its sender signs with.`,
});

/**
 * Undefined when one of the signatures in the header is HMAC-SHA256 of the bytes with one of the secrets: `v1=<hex>`, several
 * with commas between them while the sender's secret is exchanged; other versions are passed over (developer.pagerduty.com,
 * "Verifying signatures"). What was sent is never logged.
 */
export function unsigned(
  request: IncomingMessage,
  bytes: Buffer,
  signed: Signed,
  log: Log,
): Refusal | undefined {
  const sent = [request.headers[signed.header] ?? ''].flat().join(',');
  const given = sent.split(',').flatMap((each) => /^\s*v1=([0-9a-f]{64})\s*$/i.exec(each)?.[1] ?? []);
  const secrets = signed.token.split(/\s+/).filter((each) => each !== '');
  const expected = secrets.map((secret) => createHmac('sha256', secret).update(bytes).digest());
  const right = expected.flatMap((own) =>
    given.slice(0, mostSignatures).map((hex) => timingSafeEqual(own, Buffer.from(hex, 'hex'))),
  );
  if (right.includes(true)) return undefined;
  const credential = sent === '' ? 'none' : given.length === 0 ? 'no signature v1' : 'wrong';
  logRefused(request, { path: signed.path, status: 401, credential }, log);
  return { kind: 'refused', status: 401, reason: `The signature in ${signed.header} is missing or wrong.` };
}

/** More than a sender has secrets at once; a header can hold thousands. */
const mostSignatures = 20;
