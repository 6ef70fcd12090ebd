import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from '../fake-gcp/certificate.ts';
import { Clock } from '../fake-gcp/clock.ts';
import type { Cloud, Service } from '../fake-gcp/cloud.ts';
import { environment } from '../fake-gcp/environment.ts';
import { Faults } from '../fake-gcp/fault.ts';
import { type Claims, Identities } from '../fake-gcp/identity.ts';
import { Operations } from '../fake-gcp/operation.ts';
import { Policies } from '../fake-gcp/policy.ts';
import { type LoggedRequest, RequestLog } from '../fake-gcp/request-log.ts';
import { enabledName, httpServer, listener } from '../fake-gcp/server.ts';
import { services as allServices } from '../fake-gcp/services/index.ts';
import { memberMustExist } from '../fake-gcp/services/service-accounts.ts';
import { State } from '../fake-gcp/state.ts';
import { startTrap } from '../fake-gcp/trap.ts';
import { createServerFolder } from '../process/server.ts';
import { removeFolder } from '../process/supervisor.ts';
import type { Access } from './kubernetes/credentials.ts';

export interface GoogleCloudOptions {
  /** Id of the one project that there is. */
  readonly project: string;
  /** @default 123456789012 */
  readonly projectNumber?: string;
  /** Who pays for it; null: nobody. @default 012345-678901-234567 */
  readonly billingAccount?: string | null;
  /** Real API server that every cluster of the fake is reached at; its token is the owner's. @default an address where nobody answers */
  readonly kubernetes?: Access;
  /** Where the state is kept, for a fake that goes on where another one was ended. @default in memory alone */
  readonly stateFile?: string;
  /** Milliseconds since 1970 that its clock shows, until it is moved. @default 2026-11-23T02:00:00Z */
  readonly now?: number;
}

export interface GoogleCloud {
  readonly project: string;
  readonly projectNumber: string;
  /** `http://127.0.0.1:<port>`; each API is below its name. */
  readonly url: string;
  /** The whole environment of a child process, in which gcloud knows nothing but this. */
  readonly environment: Record<string, string>;
  /** An own folder, removed by `stop`. */
  readonly folder: string;
  readonly state: State;
  readonly operations: Operations;
  readonly policies: Policies;
  readonly clock: Clock;
  readonly requests: RequestLog;
  readonly faults: Faults;
  /** What wanted to leave the machine, such as `CONNECT sts.googleapis.com:443`. It got nowhere. */
  leaks(): readonly string[];
  /** Requests that the fake has no answer for: gaps of the fake, answered with 501. */
  unserved(): readonly string[];
  /** Throws with the whole list where anything was leaked or not served. For the end of each test. */
  assertContained(): void;
  /**
   * Called after a request that could change something was done, and before it is answered; the answer waits for it.
   * Where a client is killed in it, what it asked for is done, and it never knew.
   * @returns ends the calls
   */
  onWrite(listener: (request: LoggedRequest) => void | Promise<void>): () => void;
  /** A token as GitHub gives it to a workflow, signed by the issuer that `sts` trusts. */
  githubToken(claims: Claims): string;
  /** Settings with which gcloud gets tokens for one of GitHub's: the content of a credential file, and its variables. */
  credentials(options: { readonly tokenFile: string; readonly provider: string }): object;
  /** Ends it, and removes its folder. Idempotent. */
  stop(): Promise<void>;
}

const BUDGETS = 'billingbudgets.googleapis.com';
/** A port that nobody listens on: the discard service is on no machine any more. */
const nowhere = '127.0.0.1:9';

/**
 * A Google Cloud with one project on this machine, for the real gcloud: it keeps what is made, has operations that take
 * their time, policies, and the refusals of each API; and whatever wants to leave the machine is caught.
 * Needs openssl on PATH; throws where it cannot be run.
 */
export async function startFakeGoogleCloud(options: GoogleCloudOptions): Promise<GoogleCloud> {
  const { project, projectNumber = '123456789012', kubernetes, stateFile } = options;
  const { billingAccount = '012345-678901-234567', now = Date.UTC(2026, 10, 23, 2) } = options;
  const folder = await createServerFolder('google-cloud');
  const stops: (() => Promise<void>)[] = [() => removeFolder(folder)];
  const stop = async () => {
    for (let last = stops.pop(); last; last = stops.pop()) await last();
  };
  try {
    mkdirSync(`${folder}/gcloud`);
    const token = kubernetes?.token ?? 'fake-token';
    const clock = new Clock(now);
    const state = new State(stateFile);
    const enabled = (service: string) => state.get(enabledName(project, service))?.state === 'ENABLED';
    const cloud: Cloud = {
      project,
      projectNumber,
      billingAccount: billingAccount ?? undefined,
      clock,
      state,
      operations: new Operations(state, clock),
      policies: new Policies(state, memberMustExist(state, project, projectNumber, enabled)),
      identities: new Identities(clock, state, token),
      cluster: {
        endpoint: kubernetes ? new URL(kubernetes.url).host : nowhere,
        caCertificate: kubernetes ? readFileSync(kubernetes.caFile).toString('base64') : '',
      },
    };
    const services = allServices(cloud);
    const requests = new RequestLog();
    const faults = new Faults();
    const unserved: string[] = [];
    const writeListeners = new Set<(request: LoggedRequest) => void | Promise<void>>();
    const written = async (request: LoggedRequest) => {
      for (const each of writeListeners) await each(request);
    };
    const served = { cloud, faults, requests, unserved, written };
    const named = (name: string) => services.find(({ api }) => api === name);
    const start = async (server: Server): Promise<string> => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      stops.push(async () => {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      });
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    };

    const url = await start(
      httpServer(
        listener(served, (path) => {
          const [, api = '', rest = ''] = /^\/(\w+)(\/.*)$/.exec(path) ?? [];
          const service = named(api);
          return service && within(service, rest);
        }),
      ),
    );
    const only = (api: string) => (path: string) => {
      const service = named(api);
      return service && within(service, path);
    };
    const storageUrl = await start(httpServer(listener(served, only('storage'))));
    // gcloud always goes to the real host for budgets; the trap passes that on, and gcloud trusts this certificate.
    const certificate = await makeCertificate(BUDGETS, folder);
    const { key, certificate: cert } = certificate;
    const budgets = createSecureServer({ key, cert }, listener(served, only('billingbudgets')));
    const trap = await startTrap(new Map([[`${BUDGETS}:443`, (socket) => void budgets.emit('connection', socket)]]));
    stops.push(trap.stop);

    const leaks = () => [...trap.leaks];
    return {
      project,
      projectNumber,
      url,
      folder,
      environment: environment({
        project,
        token,
        folder,
        services,
        url,
        storageUrl,
        trapUrl: trap.url,
        trustedFile: certificate.certificateFile,
        clusterCaFile: kubernetes?.caFile,
      }),
      state,
      operations: cloud.operations,
      policies: cloud.policies,
      clock,
      requests,
      faults,
      leaks,
      unserved: () => [...unserved],
      assertContained: () => {
        const lines = [
          ...leaks().map((leak) => `left the machine: ${leak}`),
          ...unserved.map((request) => `has no fake: ${request}`),
        ];
        if (lines.length > 0)
          throw new Error(`The fake Google Cloud was not all that was asked:\n  ${lines.join('\n  ')}`);
      },
      onWrite: (each) => {
        writeListeners.add(each);
        return () => writeListeners.delete(each);
      },
      githubToken: (claims) => cloud.identities.githubToken(claims),
      credentials: ({ tokenFile, provider }) => ({
        type: 'external_account',
        audience: `//iam.googleapis.com/${provider}`,
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${url}/sts/v1/token`,
        credential_source: { file: tokenFile },
      }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const within = (service: Service, path: string) =>
  path.startsWith(`${service.base}/`) ? { service, path: path.slice(service.base.length) } : undefined;
