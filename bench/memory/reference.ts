/** The memory server of the Model Context Protocol's authors, over stdio, beside ours over HTTP: what both can do. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Settings } from '../bench.ts';
import type { Measure } from '../result.ts';
import { startChild } from './child.ts';
import { startEmbedded } from './embedded.ts';
import { inFlight } from './in-flight.ts';
import { load, type Request, type Target } from './load.ts';
import { ask, gets, remembers, some } from './requests.ts';
import { inRounds, threeMeasures } from './rounds.ts';
import { type Generated, subjectName } from './texts.ts';

const PEER = '@modelcontextprotocol/server-memory';
const SIZES = [1000, 10_000];
/** Words that both search for: of a memory each. */
const QUERIES = 64;

export async function referenceServer(settings: Settings): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const size of SIZES) measures.push(...(await ofSize(settings, size)));
  return measures;
}

async function ofSize({ root, folder, quick, runs, progress }: Settings, size: number): Promise<Measure[]> {
  const shown = size.toLocaleString('en');
  progress(`reference server: ${shown} entries`);
  const given = some(1, size);
  const path = join(folder, `reference-${size}.sqlite`);
  const filling = await startChild('fill.ts', { SQLITE_PATH: path, MEMORIES: String(size), TENANT: 'local' });
  await filling.stop();
  const ours = await startEmbedded(path);
  const peer = await startReference(root, join(folder, `reference-${size}.jsonl`), given);
  try {
    const words = given.slice(0, QUERIES).map(({ text }) => longestWord(text));
    const operations = [
      { name: 'store a fact', requests: remembers('long'), call: peer.store },
      {
        name: 'search',
        requests: words.map(searchFor),
        call: (number: number) => peer.search(words[number % QUERIES] ?? ''),
      },
      { name: 'read one', requests: gets(await someIds(ours.target)), call: peer.read },
    ];
    const measures: Measure[] = [];
    for (const { name: operation, requests, call } of operations) {
      const at = { connections: 1, seconds: quick ? 0.5 : 1 };
      const found = await inRounds(
        [
          { name: 'ours', run: () => load(ours.target, requests, at) },
          { name: PEER, run: () => inFlight(call, at) },
        ],
        { rounds: runs ?? (quick ? 1 : 5), warm: 1 },
      );
      const name = `${operation}, ${shown} entries`;
      measures.push(
        ...threeMeasures({ name, ours: found.get('ours') ?? [], peers: { [PEER]: found.get(PEER) ?? [] } }),
      );
    }
    return measures;
  } finally {
    await ours.child.stop();
    await peer.close();
  }
}

const longestWord = (text: string) =>
  text.split(' ').reduce((longest, word) => (word.length > longest.length ? word : longest));

const searchFor = (query: string): Request => ({
  method: 'POST',
  path: '/v1/memories/search',
  body: { query, limit: 10 },
});

async function someIds(target: Target): Promise<readonly string[]> {
  const page = await ask(target, { method: 'GET', path: '/v1/memories?limit=200' });
  return (page as { readonly memories: readonly { readonly id: string }[] }).memories.map(({ id }) => id);
}

/** Its file, as it writes it itself. */
async function startReference(root: string, path: string, given: readonly Generated[]) {
  const entities = given.map(({ text, subject }, number) => entity(`memory ${number}`, text, subject));
  writeFileSync(path, entities.map((one) => JSON.stringify({ type: 'entity', ...one })).join('\n'));
  const program = join(root, 'node_modules', PEER);
  const { bin } = JSON.parse(readFileSync(join(program, 'package.json'), 'utf8')) as { bin: Record<string, string> };
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(program, Object.values(bin)[0] ?? '')],
    env: { PATH: process.env.PATH ?? '', MEMORY_FILE_PATH: path },
    stderr: 'ignore',
  });
  const client = new Client({ name: 'bench', version: '1.0.0' });
  await client.connect(transport);
  const call = async (name: string, given: Record<string, unknown>, proof: string) => {
    const result = await client.callTool({ name, arguments: given });
    const text = JSON.stringify(result);
    if (result.isError === true || !text.includes(proof)) throw new Error(`${name}: ${text.slice(0, 300)}`);
  };
  let stored = 0;
  return {
    store(number: number) {
      const { text, subject } = given[number % given.length] as Generated;
      const name = `new ${stored++}`;
      return call('create_entities', { entities: [entity(name, text, subject)] }, name);
    },
    search: (query: string) => call('search_nodes', { query }, query),
    read(number: number) {
      const name = `memory ${number % given.length}`;
      return call('open_nodes', { names: [name] }, name);
    },
    close: () => client.close(),
  };
}

const entity = (name: string, text: string, subject: number) => ({
  name,
  entityType: subjectName(subject),
  observations: [text],
});
