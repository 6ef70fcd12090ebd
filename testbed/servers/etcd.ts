import { join } from 'node:path';
import { answersOk } from '../process/answers.ts';
import { freePort } from '../process/port.ts';
import { createServerFolder, startServer } from '../process/server.ts';
import { goProgram } from '../provide/go.ts';
import { provide } from '../provide/provide.ts';

export const etcd = goProgram({
  name: 'etcd',
  family: 'etcd',
  module: 'go.etcd.io/etcd/server/v3',
  image: { reference: 'gcr.io/etcd-development/etcd:v{version}', program: '/usr/local/bin/etcd' },
});

export interface Etcd {
  /** `http://127.0.0.1:<port>`, or `TESTBED_ETCD_URL`. */
  readonly url: string;
  /** Ends it and removes its data; does nothing to an etcd named by `TESTBED_ETCD_URL`. */
  stop(): Promise<void>;
}

/** An empty etcd of one member that does not wait for the disk; or the one that `TESTBED_ETCD_URL` names. */
export async function startEtcd(): Promise<Etcd> {
  const given = process.env.TESTBED_ETCD_URL;
  if (given) return { url: given, stop: async () => {} };

  const { path: command } = await provide(etcd);
  const folder = await createServerFolder('etcd');
  const url = `http://127.0.0.1:${await freePort()}`;
  const peerUrl = `http://127.0.0.1:${await freePort()}`;
  const { stop } = await startServer({
    name: 'etcd',
    command,
    args: [
      `--data-dir=${join(folder, 'data')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
    folder,
    ready: () => answersOk(`${url}/health`),
  });
  return { url, stop };
}
