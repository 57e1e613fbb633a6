import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { actionIds } from '../src/adapters/slack/cards/buttons.ts';
import { commandName } from '../src/adapters/slack/listeners/remediate.ts';
import { methodScopes, requiredScopes } from '../src/adapters/slack/scopes.ts';
import { methods } from './adapters/slack/double/methods.ts';

/** Lengths and keys of Slack's manifest schema (github.com/slackapi/manifest-schema), for the keys in use. */
const manifest = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal(2), minor_version: z.literal(1) }),
  display_information: z.strictObject({
    name: z.string().max(35),
    description: z.string().max(140),
    long_description: z.string().min(175).max(4000),
    background_color: z.string().regex(/^#[0-9a-f]{6}$/),
  }),
  features: z.strictObject({
    bot_user: z.strictObject({
      display_name: z.string().regex(/^[a-z0-9._-]{1,80}$/),
      always_online: z.boolean(),
    }),
    slash_commands: z.array(
      z.strictObject({
        command: z.string().startsWith('/').max(32),
        url: z.url().optional(),
        description: z.string().max(2000),
        usage_hint: z.string().max(1000),
        should_escape: z.boolean(),
      }),
    ),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string()) }) }),
  settings: z.strictObject({
    interactivity: z.strictObject({ is_enabled: z.boolean(), request_url: z.url().optional() }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
});

const text = readFileSync('manifest.yml', 'utf8');
const parsed = manifest.parse(parse(text));
const sources = globSync('src/adapters/slack/**/*.ts').map((file) => readFileSync(file, 'utf8'));

/** Web API methods that the sources call: `client.chat.postMessage(`, `client.usergroups.users.list(` ... */
function methodsCalled(): readonly string[] {
  const calls = sources.flatMap((source) => [...source.matchAll(/\bclient\.((?:[a-z]+\.)+[a-zA-Z]+)\(/g)]);
  return [...new Set(calls.map((match) => match[1] ?? ''))].sort();
}

/** What is registered with Bolt, by kind: `app.command(`, `app.action(` ... */
function kindsRegistered(): readonly string[] {
  const calls = sources.flatMap((source) => [
    ...source.matchAll(/\bapp\.(command|action|view|event|shortcut|message|options)\b/g),
  ]);
  return [...new Set(calls.map((match) => match[1] ?? ''))].sort();
}

describe('manifest.yml', () => {
  it('names the one command that is registered', () => {
    expect(parsed.features.slash_commands.map((command) => command.command)).toEqual([commandName]);
  });

  it('leaves command text as it was typed: escaping would make links of image names', () => {
    expect(parsed.features.slash_commands.every((command) => !command.should_escape)).toBe(true);
  });

  it('switches on what the listeners need, and they need nothing else', () => {
    expect(kindsRegistered()).toEqual(['action', 'command', 'view']);
    expect(Object.values(actionIds).length > 0 && parsed.settings.interactivity.is_enabled).toBe(true);
  });

  it('asks for exactly the scopes that are used', () => {
    expect(parsed.oauth_config.scopes.bot).toEqual(requiredScopes());
  });

  it('knows the scope of every Web API method that is called, and of no other', () => {
    expect(methodsCalled()).toEqual(Object.keys(methodScopes).sort());
  });

  it('is served in full by the double', () => {
    expect(Object.keys(methods).sort()).toEqual(Object.keys(methodScopes).sort());
  });

  it('uses sockets, or else gives both addresses', () => {
    const urls = [
      parsed.settings.interactivity.request_url,
      ...parsed.features.slash_commands.map((command) => command.url),
    ];
    expect(urls.every((url) => (url === undefined) === parsed.settings.socket_mode_enabled)).toBe(true);
  });

  it('is complete for HTTP once the lines it marks are put in', () => {
    const http = manifest.parse(
      parse(
        text.replaceAll('# HTTP: ', '').replace('socket_mode_enabled: true', 'socket_mode_enabled: false'),
      ),
    );
    const urls = [
      http.settings.interactivity.request_url,
      ...http.features.slash_commands.map((command) => command.url),
    ];
    expect(urls).toEqual(Array.from({ length: 2 }, () => 'https://firebreak.example.com/slack/events'));
  });
});
