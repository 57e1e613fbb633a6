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
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': null,
} as const satisfies Record<string, readonly string[] | null>;

/** The scope that lets the slash command be installed. */
const commandScope = 'commands';

/** The bot scopes the app needs, sorted. */
export function requiredScopes(): readonly string[] {
  return [
    ...new Set([commandScope, ...Object.values(methodScopes).flatMap((scopes) => scopes ?? [])]),
  ].sort();
}
