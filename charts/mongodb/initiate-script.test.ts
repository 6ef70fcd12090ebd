/** The script in a sandbox with members of its own. mongosh waits for its calls by itself, so plain functions stand for them. */
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { initiateScript } from './initiate-script.ts';

interface Config {
  _id: string;
  version: number;
  members: { _id: number; host: string }[];
}

class ServerError extends Error {
  readonly code: number;
  readonly codeName: string;

  constructor(code: number, codeName: string) {
    super(codeName);
    this.code = code;
    this.codeName = codeName;
  }
}

/** Members that answer as mongod does, to one who looks at them from outside. */
class Members {
  config: Config | undefined;
  readonly users = new Map<string, { pwd: string; roles: unknown }>();
  readonly printed: string[] = [];
  rootPassword = 'secret';
  /** Errors of the next reconfigurations. */
  readonly trouble: ServerError[] = [];
  slept = 0;

  run(hosts: string, environment: Record<string, string> = {}) {
    const members = this;
    runInNewContext(initiateScript, {
      process: {
        env: {
          MONGODB_HOSTS: hosts,
          MONGODB_REPLICA_SET: 'rs0',
          MONGODB_ROOT_PASSWORD: 'secret',
          MONGODB_USERS: JSON.stringify([
            { name: 'memory', roles: [{ role: 'readWrite', db: 'memory' }], password: 'PASSWORD_OF_MEMORY' },
          ]),
          PASSWORD_OF_MEMORY: 'first',
          ...environment,
        },
      },
      print: (line: string) => members.printed.push(line),
      sleep: () => {
        members.slept += 1;
      },
      Mongo: class {
        readonly uri: string;
        constructor(uri: string) {
          this.uri = uri;
        }
        getDB() {
          return { runCommand: (command: Record<string, unknown>) => members.answer(this.uri, command) };
        }
      },
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: commands and answers are documents
  private answer(uri: string, command: any): unknown {
    const [, password, host] = /^mongodb:\/\/(?:root:(.*)@)?([^,/]+)/.exec(uri) ?? [];
    if (password !== undefined && password !== this.rootPassword) throw new ServerError(18, 'AuthenticationFailed');
    if (command.hello) {
      if (!this.config?.members.some((member) => member.host === host)) return { isreplicaset: true };
      return { setName: this.config._id, isWritablePrimary: true, primary: this.config.members[0]?.host };
    }
    if (password === undefined) throw new ServerError(13, 'Unauthorized');
    if (command.replSetInitiate) {
      this.config = { version: 1, ...command.replSetInitiate };
      return {};
    }
    if (command.replSetGetConfig) return { config: structuredClone(this.config) };
    if (command.replSetReconfig) {
      const trouble = this.trouble.shift();
      if (trouble) throw trouble;
      const next: Config = command.replSetReconfig;
      if (next.members.length - (this.config?.members.length ?? 0) !== 1) throw new ServerError(103, 'one at a time');
      this.config = next;
      return {};
    }
    if (command.usersInfo) return { users: this.users.has(command.usersInfo.user) ? [{}] : [] };
    const name = command.createUser ?? command.updateUser;
    if (Boolean(command.createUser) === this.users.has(name)) throw new ServerError(51003, 'wrong verb');
    this.users.set(name, { pwd: command.pwd, roles: command.roles });
    return {};
  }
}

test('three empty members become a replica set with its users', () => {
  const members = new Members();
  members.run('a:1,b:1,c:1');
  expect(members.config?.members.map(({ _id, host }) => [_id, host])).toEqual([
    [0, 'a:1'],
    [1, 'b:1'],
    [2, 'c:1'],
  ]);
  expect(members.users.get('memory')).toMatchObject({ pwd: 'first' });
});

test('a second run changes nothing but passwords', () => {
  const members = new Members();
  members.run('a:1,b:1,c:1');
  const before = structuredClone(members.config);
  members.run('a:1,b:1,c:1', { PASSWORD_OF_MEMORY: 'second' });
  expect(members.config).toEqual(before);
  expect(members.users.get('memory')).toMatchObject({ pwd: 'second' });
});

test('members that were added join one at a time, again after the server was busy', () => {
  const members = new Members();
  members.run('a:1');
  members.trouble.push(new ServerError(109, 'ConfigurationInProgress'));
  members.run('a:1,b:1,c:1');
  expect(members.config).toMatchObject({ version: 3, members: [{ host: 'a:1' }, { host: 'b:1' }, { host: 'c:1' }] });
  expect(members.slept).toBe(1);
});

test('a member that is not declared any more is named, not removed', () => {
  const members = new Members();
  members.run('a:1,b:1');
  members.run('a:1');
  expect(members.config?.members).toHaveLength(2);
  expect(members.printed.join('\n')).toContain('WARNING: b:1');
});

test('a refused root password is said at once, with what it means, and without the password', () => {
  const members = new Members();
  members.rootPassword = 'another';
  expect(() => members.run('a:1')).toThrow(/root cannot log in .* mongodb-root/);
  expect(members.slept).toBe(0);
  expect(members.printed.join('\n')).not.toContain('secret');
});
