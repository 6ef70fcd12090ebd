import { formatProblem, parseEnvironment } from '@ai-orchestra/configuration';
import type * as z from 'zod';
import { localCaller } from './auth/authenticator.ts';
import type { KitEnvironment, ServerDefinition } from './definition.ts';
import { openKit } from './open.ts';
import { SettingsMistakes } from './settings.ts';
import { createLog, type Log, told } from './telemetry/log.ts';

/**
 * Runs a server until its client or the system ends it: over standard input and output, or over HTTP, as MCP_TRANSPORT says.
 * With `--help` it prints its settings instead. Exit codes: 0 ended, 1 calls were cut off or it failed, 2 settings are wrong (each is told on stderr).
 */
export async function runServer<Schema extends KitEnvironment>(
  definition: ServerDefinition<Schema>,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<void> {
  if (process.argv.includes('--help')) {
    const { helpOf } = await import('./help.ts');
    process.stdout.write(helpOf(definition));
    return;
  }
  const parsed = parseEnvironment(definition.config, environment);
  if (!parsed.ok) {
    process.stderr.write(`${parsed.problems.map(formatProblem).join('\n')}\n`);
    process.exitCode = 2;
    return;
  }
  const config = parsed.value;
  const log = createLog(config.MCP_LOG_LEVEL, (line) => process.stderr.write(line));
  let running: RunningServer;
  try {
    running = await start(definition, config, log);
  } catch (error) {
    if (error instanceof SettingsMistakes) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 2;
      return;
    }
    log('error', 'The server cannot start', { error: told(error) });
    process.exitCode = 1;
    return;
  }
  let ending = false;
  const end = async (why: string) => {
    // Who asks twice does not want to wait.
    if (ending) process.exit(1);
    ending = true;
    log('info', `${why}: calls under way are finished`);
    process.exit((await running.end()) ? 0 : 1);
  };
  process.on('SIGTERM', () => void end('SIGTERM')).on('SIGINT', () => void end('SIGINT'));
  void running.ended?.then(() => end('The client closed its end'));
}

export interface RunningServer {
  /** Of the endpoint, over HTTP. */
  readonly url?: string;
  /** Resolves when a client over stdio has gone. */
  readonly ended?: Promise<void>;
  /**
   * Finishes what is under way, for MCP_DRAIN_SECONDS at most, and closes the server.
   * @returns false where calls had to be cut off or closing failed
   */
  end(): Promise<boolean>;
}

/** @throws SettingsMistakes, and where a port is taken or a file cannot be opened */
export async function start<Schema extends KitEnvironment>(
  definition: ServerDefinition<Schema>,
  config: z.output<Schema>,
  log: Log,
  port: number = config.MCP_HTTP_PORT,
): Promise<RunningServer> {
  const opened = await definition.open(config, log);
  const kit = await openKit(definition, opened, config, log);
  const finish = ending(config.MCP_DRAIN_SECONDS, log);
  if (config.MCP_TRANSPORT === 'stdio') {
    const { serveStdio } = await import('./hosting/stdio.ts');
    const hosting = serveStdio(kit.newServer, localCaller(kit.surface.scopes), log);
    return {
      ended: hosting.ended,
      end: () =>
        finish(async () => {
          await hosting.answered();
          await hosting.close();
          await kit.close();
        }),
    };
  }
  const { serveHttp } = await import('./hosting/http.ts');
  const { MCP_HTTP_HOST: host, MCP_HTTP_PATH: path } = config;
  const hosting = await serveHttp(
    {
      ...kit,
      path,
      ready: () => opened.ready(),
      bodyLimit: config.MCP_BODY_LIMIT_BYTES,
      allowedHosts: config.MCP_ALLOWED_HOSTS,
      allowedOrigins: config.MCP_ALLOWED_ORIGINS,
    },
    { host, port },
  );
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${hosting.port}${path}`;
  log('info', `${definition.title} listens on ${url}`);
  return {
    url,
    end: () =>
      finish(async () => {
        hosting.beginDrain();
        await hosting.close();
        await kit.close();
      }),
  };
}

/** Closes within the time that draining may take, and says whether all went well. */
const ending = (seconds: number, log: Log) => async (close: () => Promise<void>) => {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => {
    log('error', `Calls took longer than MCP_DRAIN_SECONDS (${seconds}) and are cut off`);
    resolve(false);
  }, seconds * 1000);
  const closed = close().then(
    () => true,
    (error: unknown) => {
      log('error', 'Closing failed', { error: told(error) });
      return false;
    },
  );
  const clean = await Promise.race([closed, late]);
  clearTimeout(timer);
  log('info', 'Ended', { clean });
  return clean;
};
