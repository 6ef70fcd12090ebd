import * as z from 'zod';

const form =
  /^(?<scheme>mongodb(?:\+srv)?):\/\/(?:(?<login>[^@/?]*)@)?(?<hosts>[^@/?\s]+)(?:\/(?<path>[^/?\s]*))?(?:\?(?<query>\S*))?$/;
const hostPort = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]*%2F[A-Za-z0-9._%-]+\.sock)(:\d{1,5})?$/i;

/** A MongoDB connection string (mongodb.com/docs/manual/reference/connection-string). It may hold a password: nothing prints it. */
export class ConnectionString {
  /** The whole string, for the driver alone. */
  readonly #text: string;
  /** What is wrong with it, without a part of it; none: it can be used. */
  readonly mistakes: readonly string[];
  /** The database in its path. */
  readonly database: string | undefined;
  /** It has a user, or a mechanism that needs none, such as a certificate. */
  readonly hasLogin: boolean;
  /** Names of its options, in lower case: the driver heeds no case. */
  readonly options: ReadonlySet<string>;

  constructor(text: string) {
    this.#text = text;
    const { scheme, login, hosts = '', path = '', query = '' } = form.exec(text)?.groups ?? {};
    const options = new URLSearchParams(query);
    this.options = new Set([...options.keys()].map((name) => name.toLowerCase()));
    this.hasLogin = Boolean(login) || this.options.has('authmechanism');
    const database = decoded(path);
    this.database = database === '' ? undefined : database;
    if (scheme === undefined) {
      this.mistakes = [
        'Write it as mongodb://host:27017/database or mongodb+srv://user:password@host/database; in user and password, write %40 for @, %3A for : and %2F for /.',
      ];
      return;
    }
    this.mistakes = [
      ...(hosts.split(',').every((host) => hostPort.test(host))
        ? []
        : ['Write its hosts as host:port, with commas between them.']),
      ...(scheme === 'mongodb+srv' && /[,:]/.test(hosts)
        ? ['With mongodb+srv, write one host and no port: DNS has the rest.']
        : []),
      ...(database === undefined || /[\s"$*<>:|?.\\]/.test(database) || database.length > 63
        ? ['Write the name of one database after its hosts, of at most 63 characters.']
        : []),
      ...(login === undefined || login.split(':').every((part) => decoded(part) !== undefined)
        ? []
        : ['In its user and password, write %25 for %.']),
    ];
  }

  /** For the driver; a secret. */
  reveal(): string {
    return this.#text;
  }
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** One that has mistakes is a value too, so that they are told beside those of other variables. */
export const connectionString = () =>
  z
    .transform((text: unknown) => new ConnectionString(String(text)))
    .meta({ allowed: 'mongodb:// or mongodb+srv:// connection string', secret: true });
