import { z } from 'zod';

/** A user with the flags that decide whether they may approve; `team_id` other than the workspace's is a stranger. */
export interface DoubleUser {
  readonly id: string;
  readonly name: string;
  /** Undefined leaves a field out that Slack always tells. */
  readonly team_id?: string | undefined;
  readonly deleted?: boolean | undefined;
  readonly is_bot?: boolean | undefined;
  readonly is_restricted?: boolean | undefined;
  readonly is_ultra_restricted?: boolean | undefined;
  readonly is_workflow_bot?: boolean;
  readonly is_connector_bot?: boolean;
  readonly is_stranger?: boolean;
  readonly is_invited_user?: boolean;
}

export interface DoubleGroup {
  readonly id: string;
  readonly users: readonly string[];
  /** Unix seconds; not 0 means disabled. */
  readonly date_delete?: number;
  readonly is_external?: boolean;
}

export const blockList = z.array(z.record(z.string(), z.json()));
export const metadata = z.object({ event_type: z.string(), event_payload: z.record(z.string(), z.json()) });

/** A message as the workspace keeps it. `updates` counts chat.update calls that were taken. */
export interface DoubleMessage {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly bot_id?: string;
  readonly thread_ts?: string;
  readonly reply_broadcast: boolean;
  readonly text: string;
  readonly blocks: z.infer<typeof blockList>;
  readonly metadata?: z.infer<typeof metadata>;
  readonly updates: number;
  /** Shared in it. */
  readonly files?: readonly {
    readonly id: string;
    readonly name: string;
    readonly title: string;
    readonly text: string;
    readonly bytes: Buffer;
    readonly alt_txt?: string;
  }[];
}

/** What was announced to be uploaded; with its bytes once they have come. */
interface DoubleUpload {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  readonly bytes?: Buffer;
  readonly alt_txt?: string;
}

/** What only one person sees. `via` is how it came: in an ack, by response URL, or by chat.postEphemeral. */
export interface DoubleEphemeral {
  readonly user: string;
  readonly channel: string;
  readonly text: string;
  readonly blocks: z.infer<typeof blockList>;
  readonly via: 'ack' | 'response_url' | 'postEphemeral';
}

/** One Web API call as it arrived. */
interface DoubleCall {
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
}

export interface Workspace {
  readonly teamId: string;
  readonly appId: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly botUserId: string;
  readonly botId: string;
  scopes: readonly string[];
  readonly users: Map<string, DoubleUser>;
  readonly groups: Map<string, DoubleGroup>;
  /** Channel id to whether it is private; the bot is a member of all of them. */
  readonly channels: Map<string, { readonly isPrivate: boolean }>;
  readonly messages: DoubleMessage[];
  /** What somebody was told alone, in order; and what one person was, without a look at all the others. */
  readonly ephemerals: readonly DoubleEphemeral[];
  ephemeralsOf(user: string): readonly DoubleEphemeral[];
  tellAlone(ephemeral: DoubleEphemeral): void;
  readonly views: { readonly user: string; readonly view: unknown }[];
  readonly calls: DoubleCall[];
  /** Told of each call as it takes effect, whether or not the caller hears of it. */
  onTaken?: (call: DoubleCall & { readonly answer: object }) => void;
  /** Trigger id to who it belongs to, when it was made (ms) and whether it was used. */
  readonly triggers: Map<string, { readonly user: string; readonly at: number; used: boolean }>;
  /** By their ids. */
  readonly uploads: Map<string, DoubleUpload>;
  /** The address of the double, for the bytes of files. */
  uploadUrl(id: string): string;
  nextTs(): string;
}

const allScopes = [
  'channels:history',
  'chat:write',
  'commands',
  'files:write',
  'groups:history',
  'usergroups:read',
  'users:read',
];

/** A workspace with one channel, three members (Alice, Bob, Carol), a guest and an approvers' group (Bob, Carol). */
export function createWorkspace(): Workspace {
  let last = 0;
  const ephemerals: DoubleEphemeral[] = [];
  const byUser = new Map<string, DoubleEphemeral[]>();
  return {
    teamId: 'T0HOME',
    appId: 'A0FIREBREAK',
    botToken: 'xoxb-double',
    appToken: 'xapp-double',
    signingSecret: 'double-signing-secret',
    botUserId: 'U0BOT',
    botId: 'B0BOT',
    scopes: allScopes,
    users: new Map(members.map((member) => [member.id, member])),
    groups: new Map([['S0APPROVERS', { id: 'S0APPROVERS', users: ['U0BOB', 'U0CAROL'] }]]),
    channels: new Map([['C0OPS', { isPrivate: false }]]),
    messages: [],
    ephemerals,
    ephemeralsOf: (user) => byUser.get(user) ?? [],
    tellAlone: (ephemeral) => {
      ephemerals.push(ephemeral);
      const own = byUser.get(ephemeral.user);
      if (own === undefined) byUser.set(ephemeral.user, [ephemeral]);
      else own.push(ephemeral);
    },
    views: [],
    uploads: new Map(),
    calls: [],
    triggers: new Map(),
    uploadUrl: (id) => `http://127.0.0.1:9/upload/${id}`,
    nextTs: () => {
      last = Math.max(last + 1, Date.now() * 1000);
      return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, '0')}`;
    },
  };
}

const members: readonly DoubleUser[] = [
  { id: 'U0ALICE', name: 'alice' },
  { id: 'U0BOB', name: 'bob' },
  { id: 'U0CAROL', name: 'carol' },
  { id: 'U0GUEST', name: 'guest', is_restricted: true },
  { id: 'U0GONE', name: 'gone', deleted: true },
  { id: 'U0BOT', name: 'firebreak', is_bot: true },
];
