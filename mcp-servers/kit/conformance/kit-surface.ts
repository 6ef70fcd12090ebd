/** What the suite asks for that the kit has a form for. */
import * as z from 'zod';
import type { OpenedServer } from '../src/definition.ts';
import { definePrompt, type Prompt } from '../src/prompts/prompt.ts';
import type { Resource } from '../src/resources/resource.ts';
import { defineTool } from '../src/tools/define.ts';
import { type Call, type Tool, ToolRefusal } from '../src/tools/tool.ts';
import { PNG } from './samples.ts';

const said = z.object({ text: z.string() });

const textTool = (name: string, description: string, run: (call: Call) => string): Tool =>
  defineTool({
    name,
    title: name,
    description,
    input: z.object({}),
    output: said,
    annotations: { readOnly: true },
    scope: 'test',
    async run(_input, call) {
      const text = run(call);
      return { kind: 'answer', structured: { text }, text: [{ kind: 'note', text }] };
    },
  });

const tools = [
  textTool('test_simple_text', 'Answers with a text.', () => 'This is a simple text response for testing.'),
  textTool('test_streaming_elicitation', 'Answers without a question.', () => 'Nothing was asked.'),
  textTool('test_error_handling', 'Is refused.', () => {
    throw new ToolRefusal('not_found', 'This tool intentionally returns an error for testing', 'Call another tool.');
  }),
  textTool('test_tool_with_progress', 'Tells how far it is.', (call) => {
    for (const done of [0, 50, 100]) call.progress(done, 100, `Completed step ${done} of 100`);
    return 'All steps are completed.';
  }),
];

const text = (words: string) => ({ role: 'user' as const, content: { type: 'text' as const, text: words } });

const prompts: Prompt[] = [
  definePrompt({
    name: 'test_simple_prompt',
    title: 'Simple prompt',
    description: 'A prompt without arguments.',
    arguments: z.object({}),
    run: () => [text('This is a simple prompt for testing.')],
  }),
  definePrompt({
    name: 'test_prompt_with_arguments',
    title: 'Prompt with arguments',
    description: 'A prompt with two arguments.',
    arguments: z.object({ arg1: z.string().describe('First argument'), arg2: z.string().describe('Second argument') }),
    complete: { arg1: async (start) => ['paris', 'park', 'party'].filter((word) => word.startsWith(start)) },
    run: ({ arg1, arg2 }) => [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
  }),
  definePrompt({
    name: 'test_prompt_with_embedded_resource',
    title: 'Prompt with a resource',
    description: 'A prompt that holds a resource.',
    arguments: z.object({ resourceUri: z.string().describe('URI of the resource') }),
    run: ({ resourceUri: uri }) => [
      {
        role: 'user',
        content: {
          type: 'resource',
          resource: { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
        },
      },
      text('Please process the embedded resource above.'),
    ],
  }),
  definePrompt({
    name: 'test_prompt_with_image',
    title: 'Prompt with an image',
    description: 'A prompt that holds an image.',
    arguments: z.object({}),
    run: () => [
      { role: 'user', content: { type: 'image', data: PNG, mimeType: 'image/png' } },
      text('Please analyze the image above.'),
    ],
  }),
];

const resources: Resource[] = [
  {
    uri: 'test://static-text',
    name: 'static-text',
    title: 'Text',
    mimeType: 'text/plain',
    ttlMs: 60_000,
    read: async () => 'This is the content of the static text resource.',
  },
  {
    uri: 'test://static-binary',
    name: 'static-binary',
    title: 'Bytes',
    mimeType: 'image/png',
    ttlMs: 60_000,
    read: async () => Buffer.from(PNG, 'base64'),
  },
  {
    uri: 'test://watched-resource',
    name: 'watched-resource',
    title: 'Watched',
    mimeType: 'text/plain',
    ttlMs: 0,
    read: async () => 'Watched resource content',
  },
  {
    template: 'test://template/{id}/data',
    name: 'template',
    title: 'Template',
    mimeType: 'application/json',
    ttlMs: 60_000,
    read: async (_uri, _caller, { id }) => JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
  },
];

export const kitSurface: OpenedServer = {
  tools,
  prompts,
  resources,
  ready: async () => ({}),
  close: async () => {},
};
