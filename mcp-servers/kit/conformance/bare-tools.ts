/** What the suite asks for that no tool of this project answers: other content, sampling, forms, log lines. */
import type { CallToolResult, InputRequiredResult, ServerContext } from '@modelcontextprotocol/server';
import { PNG, WAV } from './samples.ts';

export type BareTool = (
  args: Readonly<Record<string, unknown>>,
  context: ServerContext,
) => Promise<CallToolResult | InputRequiredResult> | CallToolResult | InputRequiredResult;

export const said = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

const resource = (uri: string, mimeType: string, text: string) => ({
  type: 'resource' as const,
  resource: { uri, mimeType, text },
});

const defaults = {
  name: { type: 'string', description: 'Name', default: 'John Doe' },
  age: { type: 'integer', description: 'Age', default: 30 },
  score: { type: 'number', description: 'Score', default: 95.5 },
  status: { type: 'string', description: 'Status', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', description: 'Verified', default: true },
} as const;

const titled = ['First', 'Second', 'Third'].map((title, index) => ({ const: `value${index + 1}`, title }));
const options = ['option1', 'option2', 'option3'];
const enums = {
  untitledSingle: { type: 'string', description: 'One', enum: options },
  titledSingle: { type: 'string', description: 'One with a title', oneOf: titled },
  legacyEnum: {
    type: 'string',
    description: 'One in the old way',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: {
    type: 'array',
    description: 'Some',
    minItems: 1,
    maxItems: 3,
    items: { type: 'string', enum: options },
  },
  titledMulti: { type: 'array', description: 'Some with titles', minItems: 1, maxItems: 3, items: { anyOf: titled } },
} as const;

/** A question of the old era, with a form that the kit's own questions do not have. */
const form =
  (properties: Readonly<Record<string, object>>, required: string[], message = 'Please fill in the form'): BareTool =>
  async (args, { mcpReq }) => {
    const given = typeof args.message === 'string' ? args.message : message;
    const params = { mode: 'form', message: given, requestedSchema: { type: 'object', properties, required } };
    const { action, content } = await mcpReq.send({ method: 'elicitation/create', params });
    return said(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`);
  };

export const bareTools: Readonly<Record<string, BareTool>> = {
  test_image_content: () => ({ content: [{ type: 'image', data: PNG, mimeType: 'image/png' }] }),
  test_audio_content: () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }),
  test_embedded_resource: () => ({
    content: [resource('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')],
  }),
  test_multiple_content_types: () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      { type: 'image', data: PNG, mimeType: 'image/png' },
      resource('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
    ],
  }),
  async test_tool_with_logging(_args, { mcpReq }) {
    for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data } });
    }
    return said('Logged.');
  },
  async test_logging_tool(_args, { mcpReq }) {
    await mcpReq.log('info', 'Told only to a client that asks for it');
    return said('Logged where it was asked for.');
  },
  async test_sampling({ prompt }, { mcpReq }) {
    const messages = [{ role: 'user', content: { type: 'text', text: String(prompt) } }];
    const { content } = await mcpReq.send({ method: 'sampling/createMessage', params: { messages, maxTokens: 100 } });
    return said(`LLM response: ${JSON.stringify(content)}`);
  },
  test_elicitation: form({ response: { type: 'string', description: 'Response' } }, ['response']),
  test_elicitation_sep1034_defaults: form(defaults, []),
  test_elicitation_sep1330_enums: form(enums, []),
};
