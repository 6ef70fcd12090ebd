import * as z from 'zod';
import { mcpEnvironment } from '../config.ts';
import type { ServerDefinition } from '../definition.ts';
import { asUntrusted, untrusted } from '../output/untrusted.ts';
import { definePrompt } from '../prompts/prompt.ts';
import { defineTool } from '../tools/define.ts';
import { ToolRefusal } from '../tools/tool.ts';

/** A server that has all that the kit offers, over some rows in memory. */
const agents = Array.from({ length: 500 }, (_, index) => ({
  name: `agent-${index}`,
  status: index % 3 === 0 ? 'active' : 'paused',
  note: index === 1 ? 'see ![x](http://evil.example/?q=1) <b>now</b>\u202E' : `number ${index}`,
}));

const row = z.object({ name: z.string(), status: z.string(), note: z.string() });

const find = defineTool({
  name: 'find',
  title: 'Find agents',
  description: 'Finds agents by status, such as {"status":"active","limit":10}.',
  input: z.strictObject({
    status: z.enum(['active', 'paused']).optional(),
    limit: z.int().min(1).max(500).default(10),
    cursor: z.string().optional(),
  }),
  output: z.object({ agents: untrusted('agents', row) }),
  annotations: { readOnly: true },
  scope: 'agents:read',
  complete: { status: async (start) => ['active', 'paused'].filter((status) => status.startsWith(start)) },
  async run({ status, limit, cursor }, call) {
    const from = cursor === undefined ? 0 : z.int().parse(call.stateOf(cursor));
    const found = agents.filter((agent) => status === undefined || agent.status === status);
    const rows = found.slice(from, from + limit);
    const marked = asUntrusted('agents', rows);
    return {
      kind: 'answer',
      structured: { agents: marked },
      text: [{ kind: 'rows', rows, source: 'agents' }],
      rest: { more: from + limit < found.length, after: (shown) => from + shown },
      counts: { rows: rows.length },
    };
  },
});

const wait = defineTool({
  name: 'wait',
  title: 'Wait',
  description: 'Waits so many milliseconds and tells how far it is.',
  input: z.strictObject({ milliseconds: z.int().min(0).max(600_000), deaf: z.boolean().default(false) }),
  output: z.object({ waited: z.int() }),
  annotations: { readOnly: true },
  scope: 'agents:read',
  async run({ milliseconds, deaf }, call) {
    call.progress(0, 2, 'begun');
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds);
      call.signal.addEventListener('abort', () => {
        if (deaf) return;
        clearTimeout(timer);
        reject(new Error('stopped'));
      });
    });
    call.progress(1, 2);
    call.progress(2, 2, 'done');
    return {
      kind: 'answer',
      structured: { waited: milliseconds },
      text: [{ kind: 'note', text: `Waited ${milliseconds} ms.` }],
    };
  },
});

const pick = defineTool({
  name: 'pick',
  title: 'Pick an agent',
  description: 'Asks which agent is meant where a name fits several.',
  input: z.strictObject({ name: z.string().min(1) }),
  output: z.object({ picked: z.string().optional(), candidates: z.array(z.string()) }),
  annotations: { readOnly: true },
  scope: 'agents:read',
  async run({ name }, call) {
    const candidates = agents
      .map((agent) => agent.name)
      .filter((one) => one.startsWith(name))
      .slice(0, 5);
    const answer = (picked?: string) => ({
      kind: 'answer' as const,
      structured: { candidates, ...(picked !== undefined && { picked }) },
      text: [
        {
          kind: 'note' as const,
          text: picked === undefined ? `One of: ${candidates.join(', ')}` : `Picked ${picked}.`,
        },
      ],
    });
    if (call.chosen !== undefined) return answer(`${call.chosen.value} for ${String(call.chosen.state)}`);
    return {
      kind: 'question',
      message: `Which ${name}?`,
      choices: candidates.map((value) => ({ value, title: `The agent ${value}` })),
      state: name,
      otherwise: answer(),
    };
  },
});

const rename = defineTool({
  name: 'rename',
  title: 'Rename an agent',
  description: 'Gives an agent another name.',
  input: z.strictObject({ name: z.string(), to: z.string() }),
  output: z.object({ renamed: z.boolean() }),
  annotations: { readOnly: false, destructive: true },
  scope: 'agents:write',
  async run({ name, to }) {
    if (!agents.some((agent) => agent.name === name)) {
      throw new ToolRefusal('not_found', `There is no agent ${name}.`, 'Use a name that find gives.');
    }
    if (to === 'broken') throw new Error('mongodb://admin:secret@db.internal is gone');
    return {
      kind: 'answer',
      structured: { renamed: true },
      text: [{ kind: 'note', text: `Renamed ${name} to ${to}.` }],
    };
  },
});

const review = definePrompt({
  name: 'review_agent',
  title: 'Review an agent',
  description: 'Looks at what an agent did.',
  arguments: z.strictObject({ agent: z.string().describe('Name of the agent'), since: z.string().optional() }),
  complete: { agent: async (start) => agents.map(({ name }) => name).filter((name) => name.startsWith(start)) },
  run: ({ agent, since = 'ever' }) => [
    { role: 'user', content: { type: 'text', text: `Review what ${agent} did since ${since}.` } },
  ],
});

export const environmentOfAgents = mcpEnvironment('mcp-agents', [], {});

/** State that tests look at and change. */
export const agentsState = { ready: true, closed: 0 };

export const agentsServer: ServerDefinition<typeof environmentOfAgents> = {
  name: 'mcp-agents',
  title: 'Agents',
  version: '1.2.3',
  instructions: 'Finds agents.',
  config: environmentOfAgents,
  open: () => ({
    tools: [find, wait, pick, rename],
    prompts: [review],
    resources: [
      {
        uri: 'agents://statuses',
        name: 'statuses',
        title: 'Statuses',
        mimeType: 'application/json',
        ttlMs: 60_000,
        read: async () => '["active","paused"]',
      },
      {
        template: 'agents://{name}/card',
        name: 'card',
        title: 'Card of an agent',
        mimeType: 'text/plain',
        ttlMs: 1000,
        complete: { name: async (start) => agents.map(({ name }) => name).filter((name) => name.startsWith(start)) },
        async read(_uri, _caller, { name }) {
          if (name === 'broken') throw new Error('mongodb://admin:secret@db.internal is gone');
          const agent = agents.find((one) => one.name === name);
          if (agent === undefined)
            throw new ToolRefusal('not_found', `There is no agent ${name}.`, 'Complete the name.');
          return `${agent.name}: ${agent.note}`;
        },
      },
    ],
    ready: async () => ({ agents: { ok: agentsState.ready } }),
    async close() {
      agentsState.closed += 1;
    },
  }),
};
