import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GitRefused } from '../synth/git.ts';
import type { Repository } from './github.ts';
import { propose } from './proposal.ts';

let folder: string;
let root: string;
let server: Server;
/** Pull requests that the API has, by the query that finds them. */
let open: { number: number; head: string; base: string; title: string; body: string }[];

const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, encoding: 'utf8' }).trim();
const at = (branch: string) => git(join(folder, 'origin'), 'log', '-1', '--format=%s', branch);

const deployment = (seconds: number) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: memory\n  namespace: superagi\nspec:\n  template:\n    spec:\n      terminationGracePeriodSeconds: ${seconds}\n`;

function write(seconds: number, digest: string) {
  writeFileSync(join(root, 'dist/dev/memory/Deployment-memory.yaml'), deployment(seconds));
  writeFileSync(join(root, 'environments/releases/dev.json'), JSON.stringify({ images: { memory: digest } }));
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'proposal-'));
  root = join(folder, 'clone');
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', 'origin');
  git(folder, 'clone', '--quiet', 'origin', 'clone');
  for (const path of ['dist/dev/memory', 'environments/releases']) mkdirSync(join(root, path), { recursive: true });
  write(60, 'old');
  git(root, 'add', '.');
  git(root, '-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', 'commit', '--quiet', '-m', 'Begin');
  git(root, 'push', '--quiet', 'origin', 'HEAD:main');
  open = [];
  server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://github');
    const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    const text = (await request.toArray()).join('');
    if (request.method === 'GET' && pathname === '/repos/acme/orchestra/pulls')
      return answer(
        200,
        open.filter(
          ({ head, base }) =>
            `acme:${head}` === searchParams.get('head') &&
            base === searchParams.get('base') &&
            searchParams.get('state') === 'open',
        ),
      );
    if (request.method === 'POST' && pathname === '/repos/acme/orchestra/pulls') {
      open.push({ number: open.length + 1, ...JSON.parse(text) });
      return answer(201, open.at(-1));
    }
    const own = open.find(({ number }) => pathname === `/repos/acme/orchestra/pulls/${number}`);
    if (request.method !== 'PATCH' || !own) return answer(404, {});
    Object.assign(own, JSON.parse(text));
    return answer(200, own);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const repository = (): Repository => ({
  api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  name: 'acme/orchestra',
  token: 'token',
});

test('records and dist/ alone are committed, and pushed to the branch', async () => {
  write(61, 'new');
  writeFileSync(join(root, 'notes.txt'), 'not a release');
  expect(await propose(root, repository(), { branch: 'main', message: 'Give dev new images' })).toMatchObject({
    done: 'pushed',
  });
  expect(at('main')).toBe('Give dev new images');
  expect(git(root, 'status', '--porcelain')).toBe('?? notes.txt');
});

test('nothing to propose makes no commit', async () => {
  const before = git(root, 'rev-parse', 'HEAD');
  expect(await propose(root, repository(), { branch: 'main', message: 'Nothing' })).toEqual({ done: 'nothing' });
  expect(git(root, 'rev-parse', 'HEAD')).toBe(before);
});

test('a pull request says what changes; the next proposal renews it and replaces its branch', async () => {
  write(61, 'new');
  const first = { branch: 'promote/staging', into: 'main', message: 'Promote to staging\n\nFor the new memory.' };
  expect(await propose(root, repository(), first)).toMatchObject({ done: 'opened', pullRequest: 1 });
  expect(open[0]).toMatchObject({ title: 'Promote to staging', head: 'promote/staging', base: 'main' });
  expect(open[0]?.body).toContain('spec.template.spec.terminationGracePeriodSeconds: 60 → 61');
  git(root, 'reset', '--quiet', '--hard', 'origin/main');
  write(62, 'newer');
  const second = { ...first, message: 'Promote more to staging' };
  expect(await propose(root, repository(), second)).toMatchObject({ done: 'updated', pullRequest: 1 });
  expect(open).toHaveLength(1);
  expect(open[0]?.body).toContain('terminationGracePeriodSeconds: 60 → 62');
  expect(at('promote/staging')).toBe('Promote more to staging');
  expect(at('main')).toBe('Begin');
});

test('a branch that got other commits meanwhile is not overwritten', async () => {
  const other = join(folder, 'other');
  git(folder, 'clone', '--quiet', 'origin', 'other');
  writeFileSync(join(other, 'readme'), 'text');
  git(other, 'add', '.');
  git(other, '-c', 'user.name=Bob', '-c', 'user.email=bob@example.org', 'commit', '--quiet', '-m', 'Meanwhile');
  git(other, 'push', '--quiet', 'origin', 'HEAD:main');
  write(61, 'new');
  const proposal = { branch: 'main', message: 'Give dev new images' };
  await expect(propose(root, repository(), proposal)).rejects.toThrow(GitRefused);
  expect(at('main')).toBe('Meanwhile');
});
