import { randomUUID } from 'node:crypto';
import type { Implementation } from '@modelcontextprotocol/server';
import { type JSONRPCMessage, Server, type ServerOptions, type Transport } from '@modelcontextprotocol/server';

type Reply = Extract<JSONRPCMessage, { readonly result: unknown } | { readonly error: unknown }>;

interface Asked {
  /** Who was asked: nobody else may reply. */
  readonly caller: string;
  readonly reply: (message: Reply) => void;
}

/** Questions that may be open at once, of all callers. */
const MOST = 1000;
const SESSION = 'asks-';

/**
 * Questions to clients of the old era over HTTP. Such a client gets the question in the open answer to its call, and replies with a
 * request of its own, which has to find the way back to that call. The session id that the protocol has for this says no more than
 * that the client can be asked: every other request is answered by any replica, and a reply that reaches another replica is lost,
 * after which the tool answers with candidates.
 */
export class AskBack {
  readonly #asked = new Map<string, Asked>();

  /** Session id for a client that can ask its person; undefined: it needs none. */
  sessionFor(initialize: unknown): string | undefined {
    const { capabilities } = (initialize ?? {}) as { readonly capabilities?: { readonly elicitation?: unknown } };
    return capabilities?.elicitation === undefined ? undefined : `${SESSION}${randomUUID()}`;
  }

  static canAsk(session: string | null | undefined): boolean {
    return session?.startsWith(SESSION) ?? false;
  }

  /** @returns true where the message replies to a question of this process to this caller */
  deliver(caller: string, message: Reply): boolean {
    const asked = this.#asked.get(String(message.id));
    if (asked === undefined || asked.caller !== caller) return false;
    this.#asked.delete(String(message.id));
    asked.reply(message);
    return true;
  }

  /** Every open question ends unanswered. */
  end(): void {
    for (const [id, { reply }] of this.#asked) {
      reply({ jsonrpc: '2.0', id, error: { code: -32_000, message: 'The server ends' } });
    }
    this.#asked.clear();
  }

  /** Gives each question of a server, which counts its own from zero, an id that is its own among all. */
  route(caller: string, transport: Transport): Transport {
    const mine = new Set<string>();
    const send = transport.send.bind(transport);
    transport.send = async (message, options) => {
      if (!('method' in message) || !('id' in message)) return send(message, options);
      if (this.#asked.size >= MOST) throw new Error('too many questions are open');
      const id = randomUUID();
      mine.add(id);
      this.#asked.set(id, {
        caller,
        reply: (reply) => transport.onmessage?.({ ...reply, id: message.id }),
      });
      return send({ ...message, id }, options);
    };
    const close = transport.close.bind(transport);
    transport.close = async () => {
      for (const id of mine) this.#asked.delete(id);
      await close();
    };
    return transport;
  }
}

/** A server whose questions find their way back. */
export class AskingServer extends Server {
  readonly #asks: AskBack;
  readonly #caller: string;

  constructor(info: Implementation, options: ServerOptions, asks: AskBack, caller: string) {
    super(info, options);
    this.#asks = asks;
    this.#caller = caller;
  }

  override connect(transport: Transport): Promise<void> {
    return super.connect(this.#asks.route(this.#caller, transport));
  }
}
