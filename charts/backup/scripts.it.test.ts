/** The scripts as they are, in bash, with a gcloud whose bucket is a folder. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Trial } from './testing/trial.ts';

let trial: Trial;
beforeEach(async () => {
  trial = new Trial();
  await trial.start();
});
afterEach(() => trial.stop());

describe('upload', () => {
  test('the manifest names what was uploaded, and is written last', async () => {
    const name = trial.dumped();
    const { status, said } = await trial.run('upload.sh');
    expect([status, said]).toEqual([0, expect.stringContaining('complete: gs://backups/dev/mongodb/')]);
    expect(said.indexOf('mongodb.tar (6 bytes)')).toBeLessThan(said.indexOf('manifest.json ('));
    expect(JSON.parse(readFileSync(trial.bucket(name, 'manifest.json'), 'utf8'))).toMatchObject({
      store: 'mongodb',
      backup: name,
      serverVersion: '7.0.43',
      files: [{ name: 'mongodb.tar', bytes: 6, sha256: createHash('sha256').update('a dump').digest('hex') }],
    });
  });

  test('an upload that lost its end is no backup, and nothing is removed for it', async () => {
    const old = trial.earlier(30);
    const name = trial.dumped();
    const { status, said } = await trial.run('upload.sh', { CUT: 'mongodb.tar' });
    expect([status, said]).toEqual([1, expect.stringContaining('is not what was uploaded')]);
    expect(existsSync(trial.bucket(name, 'manifest.json'))).toBe(false);
    expect(trial.backups).toContain(old);
  });

  test('a step before that left nothing is an error', async () => {
    expect(await trial.run('upload.sh')).toMatchObject({ status: 1 });
    expect(trial.backups).toEqual([]);
  });

  test('it waits for the metadata server', async () => {
    trial.refusals = 1;
    trial.dumped();
    expect(await trial.run('upload.sh')).toMatchObject({ status: 0 });
    expect(trial.refusals).toBe(-1);
  });
});

describe('retention', () => {
  test('backups older than it go, complete or not; younger ones stay, complete or not', async () => {
    trial.earlier(30);
    trial.earlier(8, { complete: false });
    const young = [trial.earlier(6), trial.earlier(1, { complete: false })];
    const name = trial.dumped();
    expect(await trial.run('upload.sh')).toMatchObject({ status: 0 });
    expect(trial.backups).toEqual([...young, name]);
  });

  test('the newest complete backup stays, however old it is', async () => {
    const last = trial.earlier(30);
    trial.earlier(20, { complete: false });
    const { status, said } = await trial.bash('source storage.sh; prune');
    expect([status, said]).toEqual([0, expect.stringContaining('older than 7 days')]);
    expect(trial.backups).toEqual([last]);
  });
});

describe('download', () => {
  async function uploaded(content = 'a dump') {
    trial.nextPod();
    const name = trial.dumped();
    writeFileSync(join(trial.work, 'files/mongodb.tar'), content);
    expect(await trial.run('upload.sh')).toMatchObject({ status: 0 });
    trial.nextPod();
    return name;
  }
  const downloaded = () => readFileSync(join(trial.work, 'files/mongodb.tar'), 'utf8');

  test('it takes the newest complete backup', async () => {
    trial.earlier(3);
    await uploaded('the newest');
    trial.earlier(-1, { complete: false });
    expect(await trial.run('download.sh')).toMatchObject({ status: 0 });
    expect(downloaded()).toBe('the newest');
  });

  test('it takes the backup that is named, whatever the case of its letters', async () => {
    const name = await uploaded('the one');
    trial.earlier(-1);
    expect(await trial.run('download.sh', { BACKUP: name.toLowerCase() })).toMatchObject({ status: 0 });
    expect(downloaded()).toBe('the one');
  });

  test('a name that is not there, or is not complete, is refused with the names that are', async () => {
    const incomplete = trial.earlier(2, { complete: false });
    const name = await uploaded();
    const { status, said } = await trial.run('download.sh', { BACKUP: incomplete });
    expect([status, said]).toEqual([1, expect.stringContaining(`It has:\n${name}\n`)]);
    expect(existsSync(join(trial.work, 'files'))).toBe(false);
  });

  test('an empty bucket is an error', async () => {
    expect(await trial.run('download.sh')).toMatchObject({ status: 1 });
  });

  test('a backup that is not what was uploaded is refused', async () => {
    const name = await uploaded();
    truncateSync(trial.bucket(name, 'mongodb.tar'), 3);
    const { status, said } = await trial.run('download.sh');
    expect([status, said]).toEqual([1, expect.stringContaining('nothing was restored')]);
  });
});

describe('mongodb', () => {
  const login = { MONGODB_USER: 'backup', MONGODB_PASSWORD: 'secret', MONGODB_PLACE: 'db-0:27017/?replicaSet=rs0' };
  beforeEach(() => trial.program('mongod', '#!/usr/bin/env bash\necho "db version v7.0.43"\n'));

  test('a dump becomes one file, and comes back without the users', async () => {
    trial.program(
      'mongodump',
      '#!/usr/bin/env bash\nmkdir -p dump/{admin,config,memory}; touch dump/oplog.bson dump/{admin,memory}/x.bson.gz\n',
    );
    // Shows what it is given.
    trial.program('mongorestore', '#!/usr/bin/env bash\necho "$*"; find dump -type f | sort; cat "${1#--config=}"\n');
    expect(await trial.run('mongodb-dump.sh', login)).toMatchObject({ status: 0 });
    const { status, said } = await trial.run('mongodb-restore.sh', login);
    expect(status).toBe(0);
    expect(said).toContain(
      '\ndump/memory/x.bson.gz\ndump/oplog.bson\nuri: "mongodb://backup:secret@db-0:27017/?replicaSet=rs0"\n',
    );
    expect(said.split('\n').find((line) => line.includes('--drop'))).not.toContain('secret');
  });

  test('a dump that failed leaves nothing to upload', async () => {
    trial.program('mongodump', '#!/usr/bin/env bash\nmkdir dump; touch dump/half; exit 1\n');
    expect(await trial.run('mongodb-dump.sh', login)).toMatchObject({ status: 1 });
    expect(existsSync(join(trial.work, 'files'))).toBe(false);
  });
});
