import { formatProblem, parseEnvironment } from '@ai-orchestra/configuration';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { KitEnvironment, ServerDefinition } from '../definition.ts';
import { start } from '../run.ts';
import type { Log } from '../telemetry/log.ts';

export interface ServerUnderTest {
  /** Of the endpoint. */
  readonly url: string;
  /** A connected client of the new era (2026-07-28). */
  readonly client: Client;
  /** Lines that the server logged. */
  readonly logged: readonly string[];
  call(name: string, args?: Readonly<Record<string, unknown>>): ReturnType<Client['callTool']>;
  stop(): Promise<void>;
}

/**
 * Starts a server in this process, over HTTP on a free port, and connects a client to it.
 * @param environment as the server would find it; MCP_TRANSPORT and MCP_AUDIT_LOG are `http` and `off` unless given
 */
export async function startForTest<Schema extends KitEnvironment>(
  definition: ServerDefinition<Schema>,
  environment: Readonly<Record<string, string>> = {},
  token?: string,
): Promise<ServerUnderTest> {
  const parsed = parseEnvironment(definition.config, { MCP_TRANSPORT: 'http', MCP_AUDIT_LOG: 'off', ...environment });
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  const logged: string[] = [];
  const log: Log = (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  const running = await start(definition, parsed.value, log, 0);
  const url = running.url ?? '';
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return {
    url,
    client,
    logged,
    call: (name, args = {}) => client.callTool({ name, arguments: { ...args } }),
    async stop() {
      await client.close();
      await running.end();
    },
  };
}
