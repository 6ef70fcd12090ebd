import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersOk } from '../../process/answers.ts';
import { freePort } from '../../process/port.ts';
import { createServerFolder, type Server, startServer } from '../../process/server.ts';
import { goAdvice, goProgram, moduleFolder } from '../../provide/go.ts';
import { provide } from '../../provide/provide.ts';
import type { Provision } from '../../provide/provision.ts';

const module = 'sigs.k8s.io/kwok';

export const kwok = goProgram({
  name: 'kwok',
  family: 'kwok',
  module,
  package: `${module}/cmd/kwok`,
  image: { reference: 'registry.k8s.io/kwok/kwok:v{version}', program: '/usr/local/bin/kwok' },
});

/** What KWOK does to nodes and pods, from its own module: without stages it ends at once. */
export const kwokStages: Provision = {
  name: 'kwok-stages',
  version: kwok.version,
  advice: goAdvice,
  make: async ({ target }) => {
    const stages = join(await moduleFolder('kwok', module), 'kustomize', 'stage');
    const documents = ['node/fast', 'node/heartbeat', 'pod/fast'].flatMap((kind) =>
      readdirSync(join(stages, kind))
        .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
        .sort()
        .map((file) => readFileSync(join(stages, kind, file), 'utf8')),
    );
    writeFileSync(target, documents.join('\n---\n'));
  },
};

/** Starts KWOK for every node of a cluster: each becomes Ready, and the pods bound to it Running. */
export async function startKwok({ kubeconfigFile }: { readonly kubeconfigFile: string }): Promise<Server> {
  const { path: command } = await provide(kwok);
  const { path: stages } = await provide(kwokStages);
  const folder = await createServerFolder('kwok');
  const address = `127.0.0.1:${await freePort()}`;
  return startServer({
    name: 'kwok',
    command,
    args: [
      `--kubeconfig=${kubeconfigFile}`,
      `--config=${stages}`,
      '--manage-all-nodes',
      `--server-address=${address}`,
      '--cidr=10.128.0.0/14',
    ],
    // Its own configuration folder, not the user's ~/.kwok.
    env: { KWOK_WORKDIR: folder },
    folder,
    ready: () => answersOk(`http://${address}/healthz`),
  });
}
