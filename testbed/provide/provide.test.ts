import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cacheEntry, cacheFolder } from './cache.ts';
import { locate, provide, provideOrStandIn } from './provide.ts';
import { NotProvided, type Provision, withFingerprint } from './provision.ts';
import { runnable } from './unpacked.ts';

// Starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let env: Record<string, string>;
let built: number;

const server: Provision = {
  name: 'test-server',
  version: '1.35.4',
  versionArgs: ['--version'],
  advice: 'Install the compiler.',
  make: async ({ target }) => {
    built++;
    writeFileSync(target, 'built');
  },
};

function file(path: string, content: string, mode = 0o644): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function onPath(place: string, version: string): string {
  return file(join(folder, place, 'test-server'), `#!/bin/sh\necho "Server v${version}"\n`, 0o755);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provide-test-'));
  env = { XDG_CACHE_HOME: join(folder, 'cache'), PATH: `${join(folder, 'a')}:${join(folder, 'b')}` };
  built = 0;
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** A container runtime that knows one image with one program. */
function runtime(name: string, behaviour: { readonly answers?: boolean; readonly image?: string } = {}): void {
  const { answers = true, image = 'example.org/test-server:v1.35.4' } = behaviour;
  const script = `#!/bin/sh
case "$1 $2" in
  "info ") ${answers ? 'exit 0' : 'exit 1'} ;;
  "create ${image}") echo c1 ;;
  "create "*) echo "no such image: $2" >&2; exit 125 ;;
  "cp c1:/bin/test-server") printf taken > "$3" ;;
  "cp c1:/usr/bin/echo") cp /bin/echo "$3" ;;
  "cp c1:/usr/lib/"*) mkdir "$3"; cp -L "\${2#c1:}"/ld-linux-*.so.* "\${2#c1:}"/libc.so.6 "$3"/ ;;
  "rm c1") echo removed >> ${join(folder, 'removed')} ;;
  *) exit 64 ;;
esac
`;
  file(join(folder, 'a', name), script, 0o755);
}

describe('a container runtime', () => {
  const published = { ...server, image: { reference: 'example.org/test-server:v1.35.4', program: '/bin/test-server' } };

  test('spares the build: the program is taken out of its image, and the container removed', async () => {
    runtime('podman');
    const { path, origin } = await provide(published, env);
    expect([origin, readFileSync(path, 'utf8'), built]).toEqual(['container', 'taken', 0]);
    expect(readFileSync(join(folder, 'removed'), 'utf8')).toBe('removed\n');
    expect((await provide(published, env)).origin).toBe('cache');
  });

  test('that does not answer, or has no such image, leads to a build', async () => {
    runtime('docker', { answers: false });
    runtime('podman', { image: 'example.org/other:v1' });
    expect((await provide(published, env)).origin).toBe('build');
    expect(built).toBe(1);
  });

  test('is told among what was tried', async () => {
    runtime('docker', { image: 'example.org/other:v1' });
    const broken = { ...published, make: async () => Promise.reject(new Error('no compiler')) };
    await expect(provide(broken, env)).rejects.toThrow(
      /container: docker: no such image: example.org\/test-server:v1.35.4, podman does not answer\n.*build: no compiler/,
    );
  });
});

// Programs come out of images with libraries only on Linux, and this test takes them from a Debian or Ubuntu.
test.runIf(existsSync('/usr/lib/x86_64-linux-gnu/libc.so.6'))(
  'a program that is not statically linked comes with the libraries of its image, and runs with them',
  async () => {
    runtime('docker');
    const image = { reference: 'example.org/test-server:v1.35.4', program: '/usr/bin/echo', libraries: true };
    // The fake runtime needs the shell's tools.
    const { path, origin } = await provide({ ...server, image }, { ...env, PATH: `${env.PATH}:/usr/bin:/bin` });
    const { command, args } = runnable(path, image.program);
    expect([origin, command.startsWith(path)]).toEqual(['container', true]);
    expect((await promisify(execFile)(command, [...args, 'it', 'runs'])).stdout).toBe('it runs\n');
  },
);

describe('the order of search', () => {
  test('the environment variable comes first', async () => {
    const given = file(join(folder, 'mine'), '');
    onPath('a', '1.35.4');
    file(cacheEntry(server, env), 'cached');
    expect(await provide(server, { ...env, TESTBED_TEST_SERVER: given })).toEqual({
      path: given,
      origin: 'environment',
    });
  });

  test('then a program on PATH of the same minor version, whatever its patch', async () => {
    onPath('a', '1.34.9');
    const path = onPath('b', '1.35.0');
    file(cacheEntry(server, env), 'cached');
    expect(await provide(server, env)).toEqual({ path, origin: 'PATH' });
  });

  test('on PATH other minor versions do where the provision says so', async () => {
    const path = onPath('a', '1.33.0');
    expect(await provide({ ...server, alsoOnPath: ['1.34', '1.33'] }, env)).toEqual({ path, origin: 'PATH' });
    expect(await provide({ ...server, alsoOnPath: 'any' }, env)).toEqual({ path, origin: 'PATH' });
    expect(await locate({ ...server, alsoOnPath: ['1.34'] }, env)).toBeUndefined();
  });

  test('then the cache', async () => {
    onPath('a', '1.34.9');
    file(cacheEntry(server, env), 'cached');
    expect(await provide(server, env)).toEqual({ path: cacheEntry(server, env), origin: 'cache' });
  });

  test('then a build, which the next search finds in the cache', async () => {
    expect(await provide(server, env)).toEqual({ path: cacheEntry(server, env), origin: 'build' });
    expect(readFileSync(cacheEntry(server, env), 'utf8')).toBe('built');
    expect(await provide(server, env)).toMatchObject({ origin: 'cache' });
    expect(built).toBe(1);
  });

  test('PATH is not searched for what has no version to ask for', async () => {
    onPath('a', '1.35.4');
    const { versionArgs: _, ...data } = server;
    expect(await provide(data, env)).toMatchObject({ origin: 'build' });
  });

  test('another version is another entry in the cache', async () => {
    await provide(server, env);
    expect(await provide({ ...server, version: '1.36.0' }, env)).toMatchObject({ origin: 'build' });
  });

  test('locate builds nothing', async () => {
    expect(await locate(server, env)).toBeUndefined();
    expect(built).toBe(0);
  });
});

describe('a provision with a stand-in', () => {
  const published = { reference: 'example.org/test-server:v1.35.4', program: '/bin/test-server' };
  const make = () => Promise.reject(new Error('it is not built here'));
  const standIn: Provision = { ...server, name: 'stand-in' };
  const real = { ...server, image: published, make, standIn };

  test('is used where it is found', async () => {
    const path = onPath('a', '1.35.4');
    expect(await provideOrStandIn(real, env)).toEqual({ path, origin: 'PATH', provision: real });
  });

  test('leaves the work to a stand-in that is there, without asking for an image', async () => {
    runtime('docker');
    file(cacheEntry(standIn, env), 'cached');
    expect(await provideOrStandIn(real, env)).toMatchObject({ origin: 'cache', provision: standIn });
  });

  test('comes out of its image before a stand-in is built', async () => {
    runtime('docker');
    expect(await provideOrStandIn(real, env)).toMatchObject({ origin: 'container', provision: real });
    expect(built).toBe(0);
  });

  test('is replaced by its stand-in where no image holds it', async () => {
    expect(await provideOrStandIn(real, env)).toMatchObject({ origin: 'build', provision: standIn });
    runtime('docker', { image: 'example.org/other:v1' });
    rmSync(cacheEntry(standIn, env));
    expect(await provideOrStandIn(real, env)).toMatchObject({ origin: 'build', provision: standIn });
  });
});

test('a version with a fingerprint changes with the files that it names', () => {
  const [one, other] = [file(join(folder, 'one'), '1'), file(join(folder, 'other'), '2')];
  const before = withFingerprint('1.2.3', [one, other]);
  expect(before).toMatch(/^1\.2\.3\+[0-9a-f]{8}$/);
  expect(withFingerprint('1.2.3', [one, other])).toBe(before);
  file(other, '3');
  expect(withFingerprint('1.2.3', [one, other])).not.toBe(before);
});

describe('what cannot be provided', () => {
  test('the error says what was tried and what to do', async () => {
    const old = onPath('a', '1.34.9');
    const broken: Provision = { ...server, make: () => Promise.reject(new Error('no compiler')) };
    const error = await provide(broken, env).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(NotProvided);
    expect((error as Error).message).toBe(
      `test-server 1.35.4 cannot be provided.
  TESTBED_TEST_SERVER: not set
  PATH: ${old} is 1.34.9
  cache: no ${cacheEntry(server, env)}
  build: no compiler
Install the compiler. Or set TESTBED_TEST_SERVER to its path; or leave its tests out with TESTBED_SKIP=test-server.`,
    );
  });

  test('a variable that names no file is an error, not a reason to search on', async () => {
    onPath('a', '1.35.4');
    const search = provide(server, { ...env, TESTBED_TEST_SERVER: '/no/such/file' });
    await expect(search).rejects.toThrow('TESTBED_TEST_SERVER: /no/such/file does not exist');
  });

  test('a build that fails half-way leaves nothing in the cache', async () => {
    const broken: Provision = {
      ...server,
      make: async ({ target }) => {
        writeFileSync(target, 'hal');
        throw new Error('disk full');
      },
    };
    await expect(provide(broken, env)).rejects.toThrow('disk full');
    expect(readdirSync(cacheFolder(env))).toEqual(['build.lock']);
  });
});

test('processes that need the same at the same time build it once', async () => {
  const script = `
    import { appendFileSync, writeFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { provide } from ${JSON.stringify(join(import.meta.dirname, 'provide.ts'))};
    const { origin } = await provide({
      name: 'test-server', version: '1.0.0', advice: '',
      make: async ({ target }) => {
        appendFileSync(${JSON.stringify(join(folder, 'builds'))}, 'build;');
        await sleep(300);
        writeFileSync(target, 'built');
      },
    });
    console.log(origin);`;
  const run = async () => {
    const args = ['--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
    return stdout.trim();
  };
  expect((await Promise.all([run(), run(), run()])).sort()).toEqual(['build', 'cache', 'cache']);
  expect(readFileSync(join(folder, 'builds'), 'utf8')).toBe('build;');
});
