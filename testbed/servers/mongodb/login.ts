import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { BSON } from 'mongodb';
import { freePort } from '../../process/port.ts';

export interface Login {
  /** On 127.0.0.1. */
  readonly port: number;
  stop(): Promise<void>;
}

interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ */
const OP_MSG = 2013;
const HEADER = 16;
/** Flags, and the kind of the first section. */
const BEFORE_DOCUMENT = HEADER + 5;
/** What MongoDB answers before anybody has logged in. */
const OPEN = /^(hello|ismaster|isMaster|ping|saslStart|saslContinue)$/;
const ITERATIONS = 4096;

/**
 * Stands before a MongoDB server that knows no users, as mongo-java-server, and asks for a login as one does that knows them:
 * SCRAM-SHA-256 (RFC 7677), and code 13 for every other command before it.
 */
export async function startLogin(target: number, credentials: Credentials): Promise<Login> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: '127.0.0.1', port: target, noDelay: true });
    const session = new Session(credentials);
    let rest: Buffer = Buffer.alloc(0);
    client.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (; rest.length >= 4 && rest.length >= rest.readInt32LE(0); ) {
        const message = rest.subarray(0, rest.readInt32LE(0));
        rest = rest.subarray(message.length);
        const answer = session.answer(message);
        if (answer === undefined) upstream.write(message);
        else client.write(answer);
      }
    });
    upstream.pipe(client);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.resetAndDestroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One connection, before and after its login. */
class Session {
  readonly #credentials: Credentials;
  #loggedIn = false;
  /** What both sides have said so far. */
  #first: { readonly client: string; readonly server: string; readonly salted: Buffer } | undefined;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** Undefined: it is the server's to answer. */
  answer(message: Buffer): Buffer | undefined {
    if (message.readInt32LE(12) !== OP_MSG || message[BEFORE_DOCUMENT - 1] !== 0) return undefined;
    const length = message.readInt32LE(BEFORE_DOCUMENT);
    const command = BSON.deserialize(message.subarray(BEFORE_DOCUMENT, BEFORE_DOCUMENT + length));
    const [name = ''] = Object.keys(command);
    if (name === 'saslStart') return reply(message, this.#start(payloadOf(command)));
    if (name === 'saslContinue') return reply(message, this.#continue(payloadOf(command)));
    if (this.#loggedIn || OPEN.test(name)) return undefined;
    const errmsg = `Command ${name} requires authentication`;
    return reply(message, { ok: 0, errmsg, code: 13, codeName: 'Unauthorized' });
  }

  #start(payload: string): BSON.Document {
    const [, client = '', user, nonce] = /^n,,(n=([^,]*),r=(.+))$/.exec(payload) ?? [];
    if (user !== this.#credentials.user) return refused;
    const salt = randomBytes(28);
    const server = `r=${nonce}${randomBytes(18).toString('base64')},s=${salt.toString('base64')},i=${ITERATIONS}`;
    const salted = pbkdf2Sync(this.#credentials.password, salt, ITERATIONS, 32, 'sha256');
    this.#first = { client, server, salted };
    return { conversationId: 1, done: false, payload: new BSON.Binary(Buffer.from(server)), ok: 1 };
  }

  #continue(payload: string): BSON.Document {
    const [, bare = '', proof = ''] = /^(c=biws,r=[^,]+),p=(.+)$/.exec(payload) ?? [];
    if (this.#first === undefined) return refused;
    const { client, server, salted } = this.#first;
    const said = `${client},${server},${bare}`;
    const clientKey = keyed(salted, 'Client Key');
    const signature = keyed(createHash('sha256').update(clientKey).digest(), said);
    const expected = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
    const given = Buffer.from(proof, 'base64');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return refused;
    this.#loggedIn = true;
    const verifier = keyed(keyed(salted, 'Server Key'), said).toString('base64');
    return { conversationId: 1, done: true, payload: new BSON.Binary(Buffer.from(`v=${verifier}`)), ok: 1 };
  }
}

const refused = { ok: 0, errmsg: 'Authentication failed.', code: 18, codeName: 'AuthenticationFailed' };

const keyed = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function payloadOf({ payload }: BSON.Document): string {
  return payload instanceof BSON.Binary ? payload.toString('utf8') : '';
}

function reply(to: Buffer, document: BSON.Document): Buffer {
  const body = BSON.serialize(document);
  const message = Buffer.alloc(BEFORE_DOCUMENT + body.length);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(to.readInt32LE(4), 8);
  message.writeInt32LE(OP_MSG, 12);
  message.set(body, BEFORE_DOCUMENT);
  return message;
}
