/** Real embeddings: all-MiniLM-L6-v2, whose weights are in a Python package, behind the protocols that stores and services speak. */
import { join } from 'node:path';
import { type Durable, durable } from '../../process/durable.ts';
import { freePort } from '../../process/port.ts';
import { createServerFolder, startServer } from '../../process/server.ts';
import { provide } from '../../provide/provide.ts';
import { pythonEnvironment } from '../../provide/python.ts';

const here = import.meta.dirname;

/** A Python with the model, numpy and the tokenizer; the version is that of the package with the model. */
export const embeddings = pythonEnvironment({
  name: 'embeddings',
  version: '0.1.0',
  requirements: join(here, 'requirements.txt'),
});

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
