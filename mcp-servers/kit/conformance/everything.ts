/** The server that the public conformance suite runs against: the kit's real HTTP stack, with all that the suite calls by name. */
import { parseEnvironment } from '@ai-orchestra/configuration';
import { InMemoryServerEventBus, type Server } from '@modelcontextprotocol/server';
import { mcpEnvironment } from '../src/config.ts';
import { serveHttp } from '../src/hosting/http.ts';
import { openKit } from '../src/open.ts';
import { promptHandlers } from '../src/protocol/prompts.ts';
import type { NewServer } from '../src/protocol/server.ts';
import { toolHandlers } from '../src/protocol/tools.ts';
import { Signed } from '../src/signing/signed.ts';
import { type BareTool, bareTools, said } from './bare-tools.ts';
import { askingPrompt, inputRequiredTools } from './input-required.ts';
import { kitSurface } from './kit-surface.ts';

const identity = { name: 'mcp-everything', title: 'Everything', version: '1.0.0', instructions: 'Only for tests.' };
const ASKING = 'test_input_required_result_prompt';

export async function startEverything(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const parsed = parseEnvironment(mcpEnvironment('mcp-everything', [], {}), {
    MCP_TRANSPORT: 'http',
    MCP_AUDIT_LOG: 'off',
    MCP_RATE_LIMIT_PER_SECOND: '1000',
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const config = parsed.value;
  const kit = await openKit(identity, kitSurface, config, () => {});
  const bus = new InMemoryServerEventBus();
  const bare: Readonly<Record<string, BareTool>> = {
    ...bareTools,
    ...inputRequiredTools(new Signed(undefined, Date.now)),
    test_trigger_tool_change: () => {
      bus.publish({ kind: 'tools_list_changed' });
      return said('Told.');
    },
    test_trigger_prompt_change: () => {
      bus.publish({ kind: 'prompts_list_changed' });
      return said('Told.');
    },
  };

  const newServer: NewServer = (context, caller) => {
    const server = kit.newServer(context, caller);
    server.registerCapabilities({
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
      logging: {},
    });
    const tools = toolHandlers(server, { ...kit, caller, era: context.era, canReply: true });
    server.setRequestHandler('tools/list', () => ({
      tools: [
        ...tools.list().tools,
        ...Object.keys(bare).map((name) => ({ name, description: name, inputSchema: { type: 'object' as const } })),
      ],
    }));
    server.setRequestHandler('tools/call', (request, served) => {
      const tool = bare[request.params.name];
      return tool === undefined ? tools.call(request, served) : tool(request.params.arguments ?? {}, served);
    });
    addAskingPrompt(server, promptHandlers(kit.surface, caller, kit.log));
    server.setRequestHandler('resources/subscribe', () => ({}));
    server.setRequestHandler('resources/unsubscribe', () => ({}));
    return server;
  };

  const hosting = await serveHttp(
    {
      ...kit,
      newServer,
      bus,
      path: config.MCP_HTTP_PATH,
      ready: kitSurface.ready,
      bodyLimit: config.MCP_BODY_LIMIT_BYTES,
      allowedHosts: config.MCP_ALLOWED_HOSTS,
      allowedOrigins: config.MCP_ALLOWED_ORIGINS,
    },
    { host: '127.0.0.1', port: 0 },
  );
  return {
    url: `http://localhost:${hosting.port}${config.MCP_HTTP_PATH}`,
    async stop() {
      hosting.beginDrain();
      await hosting.close();
      await kit.close();
    },
  };
}

function addAskingPrompt(server: Server, { list, get }: ReturnType<typeof promptHandlers>): void {
  server.setRequestHandler('prompts/list', () => ({
    prompts: [...list().prompts, { name: ASKING, description: 'Asks.' }],
  }));
  server.setRequestHandler('prompts/get', (request, context) =>
    request.params.name === ASKING ? askingPrompt(context) : get(request),
  );
}
