import { execFile } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answersOk } from '../process/answers.ts';
import { type Durable, durable } from '../process/durable.ts';
import { freePort } from '../process/port.ts';
import { createServerFolder, startServer } from '../process/server.ts';
import { provide } from '../provide/provide.ts';
import type { Place, Provision } from '../provide/provision.ts';

/** Below the folder of the Google Cloud SDK. */
const jar = 'platform/cloud-firestore-emulator/cloud-firestore-emulator.jar';

/** A link to the emulator of the SDK that is installed: the command `gcloud` takes seconds to tell where that is. */
async function link({ target }: Place): Promise<void> {
  await promisify(execFile)('java', ['-version']);
  const { stdout } = await promisify(execFile)('gcloud', ['info', '--format=value(installation.sdk_root)']);
  const file = join(stdout.trim(), jar);
  if (!existsSync(file)) throw new Error(`gcloud is installed without the emulator: no ${file}`);
  symlinkSync(file, target);
}

/** The jar of Google's emulator. The version is that of Google Cloud SDK 528; any newer SDK's does as well. */
export const firestoreEmulator: Provision = {
  name: 'firestore-emulator',
  version: '1.19.9',
  advice:
    'Install Java 17 or newer, and the emulator of the Google Cloud SDK: gcloud components install cloud-firestore-emulator ' +
    '(Debian, from the package source of Google Cloud: apt-get install google-cloud-cli-firestore-emulator).',
  make: link,
};

export interface FirestoreOptions {
  /** Default: `testbed`. */
  readonly projectId?: string;
}

export interface Firestore extends Durable {
  /** `127.0.0.1:<port>`: the value of FIRESTORE_EMULATOR_HOST. */
  readonly host: string;
  readonly projectId: string;
  /** Deletes every document of a database. Default: `(default)`. */
  clear(databaseId?: string): Promise<void>;
  /** Writes a database to disk, so that each `restart()` from now on begins with it. Default: `(default)`. */
  save(databaseId?: string): Promise<void>;
}

/**
 * An empty Firestore emulator. It holds its data in memory: `restart()` comes back with what the last `save()` wrote, and
 * without one, empty. Its TTL policies and indexes are not enforced; every database id exists. Throws NotProvided or
 * ServerNotStarted.
 */
export async function startFirestore({ projectId = 'testbed' }: FirestoreOptions = {}): Promise<Firestore> {
  const { path } = await provide(firestoreEmulator);
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const api = `http://${host}/emulator/v1/projects/${projectId}`;
  const call = async (method: 'POST' | 'DELETE', url: string, body?: object) => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  };
  let data = '';
  const metadata = () => join(data, 'saved', 'saved.overall_export_metadata');
  const server = await durable('firestore', async (folder) => {
    data = folder;
    const java = ['-Duser.language=en', '-Xmx512m', '-XX:TieredStopAtLevel=1', '-cp', path];
    return startServer({
      name: 'firestore',
      command: 'java',
      args: [
        ...java,
        'com.google.cloud.datastore.emulator.firestore.CloudFirestore',
        ...['start', '--host=127.0.0.1', `--port=${port}`],
        ...(existsSync(metadata()) ? [`--seed_from_export=${metadata()}`] : []),
      ],
      folder: await createServerFolder('firestore'),
      ready: () => answersOk(`http://${host}/`),
    });
  });
  return Object.assign(server, {
    host,
    projectId,
    clear: (databaseId = '(default)') => call('DELETE', `${api}/databases/${databaseId}/documents`),
    save: (databaseId = '(default)') =>
      call('POST', `${api}:export`, {
        database: `projects/${projectId}/databases/${databaseId}`,
        export_directory: data,
        export_name: 'saved',
      }),
  });
}
