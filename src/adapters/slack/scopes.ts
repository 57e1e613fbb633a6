/**
 * Every Web API method this adapter calls, with the bot scope it needs (docs.slack.dev/reference/methods); null
 * where a valid token is enough. test/manifest.test.ts holds this against the sources and against manifest.yml.
 */
export const methodScopes = {
  'apps.connections.open': null,
  'auth.test': null,
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': null,
} as const satisfies Record<string, readonly string[] | null>;

/** The scope that lets the slash command be installed. */
const commandScope = 'commands';

/** Scopes that came later, without which less is done: an app that was installed before goes on without them. */
const dispensable: readonly string[] = ['files:write'];

/** What the app lacks of these scopes: what it cannot do without, and the others. */
export function lackingOf(
  granted: readonly string[],
): Readonly<Record<'needed' | 'dispensable', readonly string[]>> {
  const lacking = requiredScopes().filter((scope) => !granted.includes(scope));
  return {
    needed: lacking.filter((scope) => !dispensable.includes(scope)),
    dispensable: lacking.filter((scope) => dispensable.includes(scope)),
  };
}

/** The bot scopes the app needs, sorted. */
export function requiredScopes(): readonly string[] {
  return [
    ...new Set([commandScope, ...Object.values(methodScopes).flatMap((scopes) => scopes ?? [])]),
  ].sort();
}
