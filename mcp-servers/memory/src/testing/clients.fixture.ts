import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

export interface ConnectOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the person says when asked; not set: the client cannot ask. */
  readonly person?: (message: string) => 'delete' | 'keep' | 'decline';
}

export type ToolResult = Awaited<ReturnType<Client['callTool']>>;

export interface TestClient {
  readonly client: Client;
  call(name: string, args?: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<ToolResult>;
}

/** A client of the new era, with a token of its own. */
export async function connect(url: string, { token, headers = {}, person }: ConnectOptions = {}): Promise<TestClient> {
  const client = new Client(
    { name: 'test', version: '1' },
    {
      versionNegotiation: { mode: { pin: '2026-07-28' } },
      ...(person !== undefined && { capabilities: { elicitation: { form: {} } } }),
    },
  );
  if (person !== undefined) {
    client.setRequestHandler('elicitation/create', ({ params }) => {
      const said = person(params.message);
      return said === 'decline' ? { action: 'decline' } : { action: 'accept', content: { choice: said } };
    });
  }
  const all = { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: all } }));
  return {
    client,
    call: (name, args = {}, signal) =>
      client.callTool({ name, arguments: { ...args } }, signal === undefined ? {} : { signal }),
  };
}

export const textOf = ({ content }: ToolResult) =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');

export const codeOf = ({ _meta }: ToolResult) =>
  (_meta?.['ai-orchestra/refusal'] as { code?: string } | undefined)?.code;

/** Rows of the first member that is marked as data from outside. */
export function rowsOf({ structuredContent }: ToolResult): readonly Record<string, unknown>[] {
  const members = Object.values(structuredContent ?? {}) as { trust?: string; rows?: Record<string, unknown>[] }[];
  return members.find((member) => member?.trust === 'untrusted')?.rows ?? [];
}
