/** Real embeddings: all-MiniLM-L6-v2, whose weights are in a Python package, behind the protocols that stores and services speak. */
import { join } from 'node:path';
import { type Durable, durable } from '../../process/durable.ts';
import { freePort } from '../../process/port.ts';
import { createServerFolder, startServer, tailOf } from '../../process/server.ts';
import { supervise } from '../../process/supervisor.ts';
import { provide } from '../../provide/provide.ts';
import { type Place, type Provision, withFingerprint } from '../../provide/provision.ts';

const here = import.meta.dirname;
const requirements = join(here, 'requirements.txt');

async function virtualEnvironment({ target, folder }: Place): Promise<void> {
  const logFile = join(folder, 'install.log');
  const run = async (command: string, ...args: readonly string[]) => {
    const process = await supervise({ command, args, folder, logFile });
    const reason = await process.wait();
    if (reason !== 'exit code 0') throw new Error(`${command} ${args.join(' ')}: ${reason}\n${tailOf(logFile)}`);
  };
  await run('python3', '-m', 'venv', target);
  const pip = ['-m', 'pip', 'install', '--no-deps', '--require-hashes', '--only-binary=:all:', '--no-input'];
  await run(join(target, 'bin', 'python'), ...pip, '--requirement', requirements);
}

/** A Python with the model, numpy and the tokenizer; the version is that of the package with the model. */
export const embeddings: Provision = {
  name: 'embeddings',
  version: withFingerprint('0.1.0', [requirements]),
  advice: 'Install Python 3.11 or newer with venv (Debian: apt-get install python3-venv); pip fetches the packages.',
  make: virtualEnvironment,
};

export interface Embeddings extends Durable {
  /**
   * `http://127.0.0.1:<port>`. Weaviate's protocol of inference containers: `GET /.well-known/ready`, `GET /meta`,
   * `POST /vectors {text}`; and OpenAI's `POST /v1/embeddings {input}`. Vectors have length 1.
   */
  readonly url: string;
  readonly model: 'all-MiniLM-L6-v2';
  readonly dimensions: 384;
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/.well-known/ready`, { signal: AbortSignal.timeout(5_000) });
  return response.status === 204;
}

/**
 * An inference service that remembers the vectors of the texts it has seen. Throws NotProvided or ServerNotStarted.
 * On two busy cores it embeds some 50 texts of 20 words a second.
 */
export async function startEmbeddings(): Promise<Embeddings> {
  const { path } = await provide(embeddings);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await durable('embeddings', async () => {
    const folder = await createServerFolder('embeddings');
    return startServer({
      name: 'embeddings',
      command: join(path, 'bin', 'python'),
      // Neither the user's packages nor variables such as PYTHONPATH change what runs.
      args: ['-E', '-s', join(here, 'server.py'), String(port)],
      // The server has threads of its own: see minilm.py.
      env: { OPENBLAS_NUM_THREADS: '1' },
      folder,
      ready: () => isReady(url),
    });
  });
  return Object.assign(server, { url, model: 'all-MiniLM-L6-v2', dimensions: 384 } as const);
}
