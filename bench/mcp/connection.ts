/** A running server and a client of it: how long it took to come up, what it weighs, what it answers. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Subject } from './subjects.ts';

export interface Call {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

export interface Connection {
  /** From the start of the process to the first answer of `tools/list`, in ms. */
  readonly coldStart: number;
  readonly tools: number;
  /** Of the tools as JSON. */
  readonly listBytes: number;
  /** Calls a tool. @throws where the answer is an error, or has none of the text that `proof` names */
  call(call: Call, proof: string): Promise<void>;
  /** Resident memory of the server, in MiB. */
  memory(): number;
  close(): Promise<void>;
}

const environment = (own: Readonly<Record<string, string>>) => ({
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '',
  ...own,
});

/** Starts the server, connects and lists its tools. */
export async function connect(subject: Subject): Promise<Connection> {
  return subject.transport === 'stdio' ? overStdio(subject) : overHttp(subject);
}

/** As clients of today start a local server: the handshake of 2025, no probe of a second process. */
async function overStdio({ args, env }: Subject): Promise<Connection> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...args],
    env: environment(env),
    stderr: 'ignore',
  });
  const client = new Client({ name: 'bench', version: '1.0.0' });
  const started = performance.now();
  await client.connect(transport);
  const listed = await client.listTools();
  const coldStart = performance.now() - started;
  return { coldStart, ...answers(client, () => transport.pid, listed), close: () => client.close() };
}

/** The newest protocol: the client asks the server what it speaks. */
async function overHttp({ name, args, env, port }: Subject): Promise<Connection> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { env: environment(env), stdio: 'ignore' });
  try {
    const client = await firstConnection(new URL(`http://127.0.0.1:${port}/mcp`), child, name);
    const listed = await client.listTools();
    const coldStart = performance.now() - started;
    return {
      coldStart,
      ...answers(client, () => child.pid, listed),
      async close() {
        await client.close();
        await end(child);
      },
    };
  } catch (error) {
    await end(child);
    throw error;
  }
}

async function firstConnection(url: URL, child: ChildProcess, name: string): Promise<Client> {
  for (const deadline = performance.now() + 60_000; ; ) {
    const client = new Client({ name: 'bench', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
    try {
      await listens(url);
      await client.connect(new StreamableHTTPClientTransport(url));
      return client;
    } catch (error) {
      await client.close();
      if (child.exitCode !== null) throw new Error(`${name} ended with exit code ${child.exitCode}`, { cause: error });
      if (performance.now() > deadline) throw new Error(`${name} did not answer within a minute`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** A plain request first: what a client makes of a refused connection differs by its version. */
const listens = (url: URL) => fetch(url, { method: 'OPTIONS' }).then((response) => response.body?.cancel());

function answers(client: Client, pid: () => number | null | undefined, listed: { readonly tools: readonly unknown[] }) {
  return {
    tools: listed.tools.length,
    listBytes: Buffer.byteLength(JSON.stringify(listed.tools)),
    async call(call: Call, proof: string) {
      const result = await client.callTool(call);
      const text = JSON.stringify(result);
      if (result.isError === true || !text.includes(proof))
        throw new Error(`not the answer that was asked for: ${text.slice(0, 400)}`);
    },
    memory: () => residentMemory(pid()),
  };
}

function residentMemory(pid: number | null | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(late);
}
