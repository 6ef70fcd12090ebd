import { localToken } from './auth/local.ts';
import { openAuthenticator } from './auth/open.ts';
import { explorerOf, type MemoryConfig } from './config.ts';
import { addExplorer } from './explorer/explorer.ts';
import { OneTimeLink } from './explorer/one-time-link.ts';
import { Admission } from './http/admission.ts';
import { createServer } from './http/server.ts';
import { type OpenMemory, openMemory } from './open.ts';
import { type Log, told } from './telemetry/log.ts';
import { Metrics, serveMetrics } from './telemetry/metrics.ts';
import type { Observer } from './telemetry/observer.ts';
import { Tracing } from './telemetry/tracing.ts';

export interface RunningService {
  /** Where the API listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly metricsPort?: number;
  /**
   * Finishes what is under way, for MEMORY_DRAIN_SECONDS at most, and closes the stores.
   * @returns false where requests had to be cut off or closing failed
   */
  end(): Promise<boolean>;
}

/** The whole service as its settings say. @throws where a port is taken or the SQLite file is of another version */
export async function runService(config: MemoryConfig, log: Log): Promise<RunningService> {
  const onProblem = (what: string, error: unknown) =>
    log('warn', `${what} failed, and is tried again`, { error: told(error) });
  const memory = openMemory(config, { clock: { now: Date.now }, onProblem });
  const { authenticator, tokenFile } = openAuthenticator(config, Date.now);
  const tracing = new Tracing(config);
  const metrics = new Metrics();
  const admission = new Admission({ running: 256, waiting: 1024 });
  metrics.watch({ admission: () => admission.state, ...watched(memory) });
  const explorer = explorerOf(config);
  const link =
    explorer === 'off' || tokenFile === undefined ? undefined : new OneTimeLink(localToken(tokenFile), Date.now);
  const { http, beginDrain } = createServer({
    service: memory.service,
    authenticator,
    now: Date.now,
    bodyLimit: config.MEMORY_BODY_LIMIT_BYTES,
    requestsPerSecond: config.MEMORY_RATE_LIMIT_PER_SECOND,
    admission,
    observer: observerOf(metrics, tracing, log),
    extend: (server) => {
      if (explorer !== 'off') addExplorer(server, { mode: explorer, ...(link && { link }) });
    },
  });
  const url = await http.listen({ host: config.MEMORY_HTTP_HOST, port: config.MEMORY_HTTP_PORT });
  const metricsServer =
    config.MEMORY_METRICS_PORT === undefined
      ? undefined
      : await serveMetrics(metrics.registry, { host: config.MEMORY_HTTP_HOST, port: config.MEMORY_METRICS_PORT });
  log('info', `Memory listens on ${url}`, { store: config.MEMORY_STORE, tokenFile });
  if (link !== undefined) {
    // What follows '#' never leaves a browser, and the code in it is good for nothing once it was used.
    const minutes = OneTimeLink.lifetimeMilliseconds / 60_000;
    log('info', `The explorer opens once by this link, within ${minutes} minutes`, { link: link.of(url) });
  }

  const close = async () => {
    await http.close();
    await memory.close();
    await tracing.close();
    await metricsServer?.close();
  };
  return {
    url,
    ...(metricsServer && { metricsPort: metricsServer.port }),
    async end() {
      beginDrain();
      const { promise: late, resolve } = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => {
        log('error', `Requests took longer than MEMORY_DRAIN_SECONDS (${config.MEMORY_DRAIN_SECONDS}) and are cut off`);
        resolve(false);
      }, config.MEMORY_DRAIN_SECONDS * 1000);
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
    },
  };
}

function observerOf(metrics: Metrics, tracing: Tracing, log: Log): Observer {
  return {
    finished(operation, status, seconds) {
      metrics.finished(operation, status, seconds);
      log('debug', 'Answered', { operation, status, seconds });
    },
    failed(operation, code, cause) {
      metrics.failed(operation, code);
      log(code === 'internal' ? 'error' : 'warn', `Refused: ${code}`, { operation, error: told(cause) });
    },
    traced: (operation, headers, scope, work) => tracing.traced(operation, headers, scope, work),
  };
}

function watched({ relay, tiers }: OpenMemory) {
  return {
    ...(relay && { relay: () => relay.stats }),
    ...(tiers && {
      guards: Object.fromEntries(Object.entries(tiers).map(([store, { guard }]) => [store, () => guard.state])),
    }),
  };
}
