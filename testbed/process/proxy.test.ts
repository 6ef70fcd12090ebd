import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startProxy, type TcpProxy } from './proxy.ts';

let server: Server;
let proxy: TcpProxy;

beforeEach(async () => {
  // Says each thing back.
  server = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => undefined).pipe(socket)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  proxy = await startProxy((server.address() as AddressInfo).port);
});
afterEach(async () => {
  await proxy.stop();
  server.close();
});

const open = () => connect(proxy.port, '127.0.0.1');

async function echo(said: string): Promise<string> {
  const socket = open();
  socket.end(said);
  return text(socket);
}

test('every byte comes through, in order', async () => {
  const said = 'x'.repeat(1 << 20).replaceAll('x', (_, at: number) => String(at % 10));
  expect(await echo(said)).toBe(said);
});

test('what the server says comes later by the delay, in order also when the delay is lifted meanwhile', async () => {
  proxy.delay = 300;
  const socket = open();
  const heard: string[] = [];
  socket.on('data', (chunk) => heard.push(String(chunk)));
  const begun = performance.now();
  socket.write('first');
  await once(socket, 'data');
  expect(performance.now() - begun).toBeGreaterThanOrEqual(299);
  socket.write('second');
  proxy.delay = 0;
  socket.end('third');
  await once(socket, 'end');
  expect(heard.join('')).toBe('firstsecondthird');
});

test('a connection that is cut is reset, new ones are refused, and all is as before when it is mended', async () => {
  const socket = open();
  await once(socket, 'connect');
  socket.write('x');
  await once(socket, 'data');
  const broken = once(socket, 'error');
  await proxy.cut();
  expect((await broken)[0]).toMatchObject({ code: 'ECONNRESET' });
  const [refused] = await once(open(), 'error');
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  await proxy.mend();
  expect(await echo('again')).toBe('again');
});
