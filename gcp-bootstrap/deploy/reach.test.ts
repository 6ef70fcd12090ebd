import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProgramFailed } from './program.ts';
import { namedDoor, portForward, withAddresses } from './reach.ts';

let server: Server;
let port: number;
let seen: IncomingHttpHeaders[];
let folder: string;
beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(201, { 'x-path': request.url });
    request.pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  folder = mkdtempSync(join(tmpdir(), 'reach-'));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const memory = { namespace: 'superagi', name: 'memory', port: 8080 };

test('a door passes a request on under the name of the Service, with its method, path, headers and body', async () => {
  const door = await namedDoor(port, 'memory.superagi.svc');
  const response = await fetch(`${door.url}/v1/x?y=1`, {
    method: 'POST',
    body: 'text',
    headers: { authorization: 'Bearer t' },
  });
  expect([response.status, response.headers.get('x-path'), await response.text()]).toEqual([201, '/v1/x?y=1', 'text']);
  expect(seen).toMatchObject([{ host: 'memory.superagi.svc', authorization: 'Bearer t' }]);
  await door.close();
  await expect(fetch(door.url)).rejects.toThrow();
});

test('a door to where nobody listens answers 502', async () => {
  const door = await namedDoor(1, 'memory.superagi.svc');
  expect((await fetch(door.url)).status).toBe(502);
  await door.close();
});

describe('kubectl port-forward', () => {
  /** A kubectl that does what a line of a shell does. */
  const kubectl = (script: string) => {
    writeFileSync(join(folder, 'kubectl'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'kubectl'), 0o755);
    return portForward({ PATH: `${folder}:${process.env.PATH}` });
  };

  test('is a way as soon as kubectl says its port, and ends with it', async () => {
    const ended = join(folder, 'ended');
    const reach = kubectl(
      `trap 'echo "$*" > ${ended}; exit 0' TERM; echo 'Forwarding from 127.0.0.1:${port} -> 8080'; while :; do sleep 0.05; done`,
    );
    const way = await reach(memory);
    expect((await fetch(way.url)).status).toBe(201);
    expect(seen).toMatchObject([{ host: 'memory.superagi.svc' }]);
    await way.close();
    await vi.waitFor(() => expect(existsSync(ended)).toBe(true), { timeout: 10_000 });
  });

  test('that is refused says the command, and what kubectl said', async () => {
    const refused = kubectl('echo "error: services \\"memory\\" not found" >&2; exit 1')(memory);
    await expect(refused).rejects.toMatchObject({
      name: ProgramFailed.name,
      command: 'kubectl port-forward --namespace superagi service/memory :8080 --address 127.0.0.1',
      said: 'error: services "memory" not found',
    });
  });
});

test('an address that the user names stands for itself', async () => {
  const nowhere = () => Promise.reject(new Error('not asked'));
  const reach = withAddresses({ memory: 'https://memory.example.test/' }, nowhere);
  expect((await reach(memory)).url).toBe('https://memory.example.test');
  await expect(reach({ ...memory, name: 'superagi' })).rejects.toThrow('not asked');
});
