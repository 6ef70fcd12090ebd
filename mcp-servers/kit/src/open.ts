import { openAuthenticator } from './auth/open.ts';
import type { KitConfig } from './config.ts';
import type { OpenedServer } from './definition.ts';
import { openLimits } from './limits/limits.ts';
import { AskBack } from './protocol/ask-back.ts';
import { type Identity, serverFactory } from './protocol/server.ts';
import { surfaceOf } from './protocol/surface.ts';
import { Signed } from './signing/signed.ts';
import { openAudit } from './telemetry/audit.ts';
import type { Log } from './telemetry/log.ts';
import { openObserver } from './telemetry/open.ts';
import { Calls } from './tools/calls.ts';

/** What every transport needs, made once a process from a server and its settings. */
export async function openKit(identity: Identity, opened: OpenedServer, config: KitConfig, log: Log) {
  const now = Date.now;
  const surface = surfaceOf(opened);
  const limits = openLimits(config, now);
  const audit = openAudit(config.MCP_AUDIT_LOG, now);
  const observer = await openObserver(config, () => limits.concurrency.running);
  const calls = new Calls({
    limits,
    signed: new Signed(config.MCP_CURSOR_KEY, now),
    audit,
    observer,
    log,
    now,
    timeout: config.MCP_TIMEOUT_MS,
    tokens: config.MCP_OUTPUT_TOKENS,
  });
  const asks = new AskBack();
  const newServer = serverFactory({
    identity,
    surface,
    calls,
    asks,
    log,
    private: config.MCP_AUTHENTICATION !== 'none',
  });
  return {
    surface,
    limits,
    observer,
    calls,
    asks,
    log,
    newServer,
    now,
    authenticator: await openAuthenticator(config, identity, surface.scopes, now),
    async close() {
      await opened.close();
      await observer.close();
      audit.close();
    },
  };
}
