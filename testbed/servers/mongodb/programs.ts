import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { image, images } from '../../../charts/images.ts';
import { tailOf } from '../../process/server.ts';
import { supervise } from '../../process/supervisor.ts';
import { type Place, type Provision, withFingerprint } from '../../provide/provision.ts';

const source = join(import.meta.dirname, '../../java/mongodb');
const [pom, checksums, launcher] = ['pom.xml', 'SHA256SUMS', 'DurableMongoServer.java'].map((file) =>
  join(source, file),
) as [string, string, string];

function pinnedVersion(): string {
  const version = /<mongo-java-server.version>(.+)<\//.exec(readFileSync(pom, 'utf8'))?.[1];
  if (!version) throw new Error(`${pom} states no mongo-java-server.version`);
  return version;
}

/** Throws when a file is not the one that SHA256SUMS names, or is missing. */
function checkAgainstSums(folder: string): void {
  for (const line of readFileSync(checksums, 'utf8').trimEnd().split('\n')) {
    const [sum, file] = line.split(/ +/) as [string, string];
    const found = createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
    if (found !== sum) throw new Error(`${file} has SHA-256 ${found}, and ${checksums} wants ${sum}`);
  }
}

/** Fetches the libraries that pom.xml pins, and compiles the launcher into a folder beside them. */
async function compile({ target, folder }: Place): Promise<void> {
  const logFile = join(folder, 'build.log');
  const run = async (command: string, ...args: readonly string[]) => {
    const reason = await (await supervise({ command, args, folder, logFile })).wait();
    if (reason !== 'exit code 0') throw new Error(`${command} ended with ${reason}:\n${tailOf(logFile)}`);
  };
  mkdirSync(target);
  // Of its own, as Maven writes beside the pom.xml that it reads.
  const project = join(folder, 'project');
  cpSync(source, project, { recursive: true });
  const maven = ['--batch-mode', '--no-transfer-progress', '--file', join(project, 'pom.xml')];
  await run('mvn', ...maven, 'dependency:copy-dependencies', `-DoutputDirectory=${target}`);
  checkAgainstSums(target);
  await run('javac', '-cp', join(target, '*'), '-d', target, launcher);
}

/** A folder of Java libraries with the launcher `DurableMongoServer`. */
export const mongoJavaServer: Provision = {
  name: 'mongo-java-server',
  version: withFingerprint(pinnedVersion(), [pom, checksums, launcher]),
  advice: 'Install Maven and Java 17 or newer (Debian: apt-get install maven openjdk-17-jdk-headless).',
  make: compile,
};

/** The real one, of the version that clusters run. No package registry carries it. */
export const mongod = {
  name: 'mongod',
  version: images.mongodb.version,
  versionArgs: ['--version'],
  alsoOnPath: ['8.0', '8.2'],
  image: { reference: image('mongodb'), program: '/usr/bin/mongod', libraries: true },
  advice: 'Install MongoDB 7.0 or 8 (https://www.mongodb.com/docs/manual/installation).',
  standIn: mongoJavaServer,
  make: () => Promise.reject(new Error('it is not built here')),
} as const satisfies Provision;
