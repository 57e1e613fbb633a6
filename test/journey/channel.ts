import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { people, sandboxChannel } from '../../src/cli/sandbox/local-slack.ts';
import type { Person } from './browser.ts';

const message = z.object({
  ts: z.string(),
  thread_ts: z.string().optional(),
  text: z.string().default(''),
  blocks: z.array(z.json()).default([]),
});
const answer = z.object({ messages: z.array(message) });
const button = z.object({ action_id: z.string(), value: z.string() });
const actions = z.object({ type: z.literal('actions'), elements: z.array(button) });

type ChannelMessage = z.infer<typeof message>;

const idOf = (person: Person): string => people.find(({ name }) => name === person)?.id ?? person;

/** local-slack by its control API: what a browser would show and do. */
export interface Channel {
  messages(): Promise<ChannelMessage[]>;
  /** Resolves with the first message whose text this matches. */
  until(text: RegExp): Promise<ChannelMessage>;
  command(person: Person, text: string): Promise<void>;
  approve(person: Person, card: ChannelMessage): Promise<void>;
}

export function channelAt(url: string): Channel {
  const post = async (what: string, body: object): Promise<void> => {
    await fetch(`${url}/_control/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ channel: sandboxChannel, ...body }),
    });
  };
  const messages = async () => {
    const response = await fetch(`${url}/_control/messages/${sandboxChannel}`);
    return answer.parse(await response.json()).messages;
  };
  return {
    messages,
    until: async (text) => {
      for (;;) {
        const found = (await messages()).find((each) => text.test(each.text));
        if (found !== undefined) return found;
        await sleep(50);
      }
    },
    command: (person, text) => post('command', { user: idOf(person), command: '/remediate', text }),
    approve: (person, card) => {
      const found = card.blocks
        .flatMap((block) => actions.safeParse(block).data?.elements ?? [])
        .find(({ action_id }) => action_id === 'remediation:approve');
      return post('interact', {
        messageTs: card.ts,
        user: idOf(person),
        action: { type: 'button', ...found },
      });
    },
  };
}
