import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Script, scripts } from '../scripts/index.ts';
import { fakeGcloud } from './gcloud.ts';

/** How a script ended, and what it said. */
export interface Outcome {
  readonly status: number | null;
  readonly said: string;
}

/** The scripts, a bucket with backups of MongoDB, a working directory and a metadata server: what a pod of a backup has. */
export class Trial {
  private readonly root = mkdtempSync(join(tmpdir(), 'backup-'));
  private readonly metadata = createServer((_, response) => {
    response.statusCode = this.refusals-- > 0 ? 503 : 200;
    response.end('{}');
  });
  readonly work = join(this.root, 'work');
  /** Times that the metadata server refuses from now on. */
  refusals = 0;

  async start() {
    for (const folder of ['scripts', 'programs', 'work']) mkdirSync(join(this.root, folder));
    mkdirSync(this.bucket(), { recursive: true });
    for (const [name, text] of Object.entries(scripts)) writeFileSync(join(this.root, 'scripts', name), text);
    this.program('gcloud', fakeGcloud);
    await new Promise<void>((ready) => this.metadata.listen(0, '127.0.0.1', ready));
  }

  async stop() {
    await new Promise((closed) => this.metadata.close(closed));
    rmSync(this.root, { recursive: true });
  }

  /** Puts a program on the PATH of the scripts. */
  program(name: string, text: string) {
    writeFileSync(join(this.root, 'programs', name), text);
    chmodSync(join(this.root, 'programs', name), 0o755);
  }

  /** A path below the place where the backups of MongoDB are. */
  bucket(...path: readonly string[]) {
    return join(this.root, 'buckets/backups/dev/mongodb', ...path);
  }

  get backups(): readonly string[] {
    return readdirSync(this.bucket()).sort();
  }

  /** A backup as an earlier run left it. @returns its name */
  earlier(daysAgo: number, { complete = true } = {}): string {
    const name = timeOf(daysAgo);
    mkdirSync(this.bucket(name));
    writeFileSync(this.bucket(name, 'mongodb.tar'), name);
    if (complete) writeFileSync(this.bucket(name, 'manifest.json'), '{}');
    return name;
  }

  /** What the step before an upload leaves. @returns the name that the backup gets */
  dumped(): string {
    const name = timeOf(0);
    mkdirSync(join(this.work, 'files'));
    writeFileSync(join(this.work, 'files/mongodb.tar'), 'a dump');
    writeFileSync(join(this.work, 'started'), `${name}\n`);
    writeFileSync(join(this.work, 'version'), '7.0.43\n');
    return name;
  }

  /** The next pod: it begins with an empty working directory. */
  nextPod() {
    if (existsSync(this.work)) rmSync(this.work, { recursive: true });
    mkdirSync(this.work);
  }

  run(script: Script, variables: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return this.bash(`source ${script}`, variables);
  }

  /** Runs commands, with the scripts on the path of `source`. */
  bash(commands: string, variables: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const { port } = this.metadata.address() as AddressInfo;
    const child = spawn('bash', ['-euo', 'pipefail', '-c', commands], {
      cwd: this.work,
      env: {
        PATH: [join(this.root, 'programs'), join(this.root, 'scripts'), process.env.PATH].join(':'),
        FAKE_BUCKETS: join(this.root, 'buckets'),
        STORE: 'mongodb',
        PLACE: 'gs://backups/dev/mongodb',
        RETENTION_DAYS: '7',
        GCE_METADATA_HOST: `127.0.0.1:${port}`,
        ...variables,
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said += text;
      });
    return new Promise((ended) => child.on('close', (status) => ended({ status, said })));
  }
}

/** A time some days ago, as the name of a backup. */
function timeOf(daysAgo: number): string {
  return new Date(Date.now() - daysAgo * 86_400_000).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}
