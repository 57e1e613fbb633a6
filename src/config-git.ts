import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigFault } from './config-fault.ts';

interface User {
  readonly username: string;
  readonly password: string;
}

interface App {
  readonly id: string;
  /** PEM of its RSA key. */
  readonly privateKey: string;
  readonly installation?: number;
}

/** Who logs in at a Git host, by the host's name: a user with a token, or a GitHub App. */
export type GitLogins = Readonly<Record<string, User | { readonly app: App }>>;

/** Of the environment; blanks around a value are taken off before, and an empty one is none. */
export const gitVariables = z.object({
  FIREBREAK_GIT_CREDENTIALS: z.string().optional(),
  FIREBREAK_GIT_CREDENTIALS_FILE: z.string().optional(),
  FIREBREAK_GITHUB_APP_ID: z
    .string()
    .regex(/^[\w.]+$/, { error: 'must be the id or the client id of a GitHub App, such as 123456' })
    .optional(),
  FIREBREAK_GITHUB_APP_KEY: z.string().optional(),
  FIREBREAK_GITHUB_APP_KEY_FILE: z.string().optional(),
  FIREBREAK_GITHUB_APP_INSTALLATION: z
    .string()
    .regex(/^\d{1,15}$/, { error: 'must be the number of an installation' })
    .transform(Number)
    .optional(),
  FIREBREAK_GITHUB_APP_HOST: z
    .string()
    .regex(/^[a-z0-9.-]+(:\d+)?$/, { error: 'must be a host name of gitOps.hosts, such as github.com' })
    .optional(),
});
type Variables = z.infer<typeof gitVariables>;

/** @throws ConfigFault with what is wrong with one of them */
export function gitLogins(values: Variables): GitLogins {
  const users = usersOf(values);
  const app = appIn(values);
  if (app === undefined) return users;
  const host = values.FIREBREAK_GITHUB_APP_HOST ?? 'github.com';
  if (Object.hasOwn(users, host))
    throw new ConfigFault([
      `${nameOf(values)} has a line for ${host}, where FIREBREAK_GITHUB_APP_ID logs in: leave one of them out.`,
    ]);
  return { ...users, [host]: { app } };
}

/** How to read them again, where files have them; undefined where only a new start can change them. */
export function gitLoginsAgain(values: Variables): (() => GitLogins) | undefined {
  const { FIREBREAK_GIT_CREDENTIALS_FILE: users, FIREBREAK_GITHUB_APP_KEY_FILE: key } = values;
  return users === undefined && key === undefined ? undefined : () => gitLogins(values);
}

function usersOf(values: Variables): Readonly<Record<string, User>> {
  const { FIREBREAK_GIT_CREDENTIALS: text, FIREBREAK_GIT_CREDENTIALS_FILE: file } = values;
  if (text !== undefined && file !== undefined)
    throw new ConfigFault([
      'FIREBREAK_GIT_CREDENTIALS and FIREBREAK_GIT_CREDENTIALS_FILE are both set: leave one of them out.',
    ]);
  if (file === undefined) return usersIn(text ?? '', nameOf(values));
  const content = contentOf(file, nameOf(values));
  // Nobody names a file for nothing: it is being written.
  if (content.trim() === '') throw new ConfigFault([`${nameOf(values)} names ${file}, which is empty.`]);
  return usersIn(content, nameOf(values));
}

const nameOf = ({ FIREBREAK_GIT_CREDENTIALS_FILE: file }: Variables): string =>
  file === undefined ? 'FIREBREAK_GIT_CREDENTIALS' : 'FIREBREAK_GIT_CREDENTIALS_FILE';

/** Lines of `https://user:token@host`, as Git's own credential store has them (git-scm.com, "git-credential-store"). */
function usersIn(text: string, name: string): Readonly<Record<string, User>> {
  const read = text
    .split(/\s+/)
    .filter((line) => line !== '')
    .map(userIn);
  const wrong = read.indexOf(undefined);
  if (wrong >= 0)
    throw new ConfigFault([
      `${name} must have lines such as https://user:token@github.com; line ${wrong + 1} is none`,
    ]);
  return Object.fromEntries(read.flatMap((each) => (each === undefined ? [] : [each])));
}

function userIn(line: string) {
  const { protocol = '', host = '', username = '', password = '' } = URL.parse(line) ?? {};
  if (!/^https?:$/.test(protocol) || host === '' || username === '' || password === '') return undefined;
  const plain = (text: string) => (/%(?![0-9a-f]{2})/i.test(text) ? text : decodeURIComponent(text));
  return [host, { username: plain(username), password: plain(password) }] as const;
}

function appIn(values: Variables): App | undefined {
  const {
    FIREBREAK_GITHUB_APP_ID: id,
    FIREBREAK_GITHUB_APP_KEY: key,
    FIREBREAK_GITHUB_APP_KEY_FILE: file,
    FIREBREAK_GITHUB_APP_INSTALLATION: installation,
    FIREBREAK_GITHUB_APP_HOST: host,
  } = values;
  const named = [key, file, installation, host].some((value) => value !== undefined);
  if (id === undefined) {
    if (!named) return undefined;
    throw new ConfigFault([
      'FIREBREAK_GITHUB_APP_ID must be set for the other FIREBREAK_GITHUB_APP_ variables.',
    ]);
  }
  const privateKey = rsaKey(textOf(key, file), file === undefined ? 'FIREBREAK_GITHUB_APP_KEY' : file);
  return { id, privateKey, ...(installation === undefined ? {} : { installation }) };
}

/** Line ends of a variable may be written as `\n`, as many tools that set variables have it. */
function textOf(key: string | undefined, file: string | undefined): string {
  if (key !== undefined && file === undefined) return key.replaceAll('\\n', '\n');
  if (file === undefined || key !== undefined)
    throw new ConfigFault([
      'FIREBREAK_GITHUB_APP_ID needs its private key: set FIREBREAK_GITHUB_APP_KEY_FILE to the file, or FIREBREAK_GITHUB_APP_KEY to its text, and not both.',
    ]);
  return contentOf(file, 'FIREBREAK_GITHUB_APP_KEY_FILE');
}

function contentOf(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigFault([`${name} cannot be read: ${why}`]);
  }
}

/** As PEM in the form that all Node versions read. What is wrong with it is not told: it might say the key. */
function rsaKey(text: string, from: string): string {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    // Told below, as any other kind of key is.
  }
  throw new ConfigFault([`${from} is no private RSA key in PEM: GitHub makes one on the page of the app.`]);
}
