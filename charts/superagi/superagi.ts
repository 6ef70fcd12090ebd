/** SuperAGI: the agents. */
import { Application } from '../lib/application.ts';
import { calls, callsInternet } from '../lib/calls.ts';
import { ConfigFiles } from '../lib/config-map.ts';
import type { System } from '../lib/system.ts';
import type { Workload } from '../lib/workload.ts';
import { Backend } from './backend.ts';
import { Beat } from './beat.ts';
import { Gui } from './gui.ts';
import { Migration } from './migration.ts';
import { configName } from './process.ts';
import { agentSettings, baseSettings, configYaml, loginSettings, summarySettings } from './settings.ts';
import { Worker } from './worker.ts';
import { Workspace } from './workspace.ts';

/** What SuperAGI stands on. */
export interface SuperAgiProps {
  /** Listens on `postgresql`. */
  readonly postgresql: Workload;
  /** Listens on `redis`. */
  readonly broker: Workload;
  /** Listens on `http`. */
  readonly memory: Workload;
  /** Each listens on `http`. */
  readonly mcpServers: readonly Workload[];
}

/** Backend, workers, scheduler and GUI. They start once the migration is done. */
export class SuperAgi extends Application {
  readonly backend: Workload;
  readonly gui: Workload;
  readonly worker: Workload;
  readonly beat: Workload;
  readonly migration: Workload;

  constructor(system: System, props: SuperAgiProps) {
    super(system, 'superagi', import.meta.filename);
    const { environment } = system;
    const [migrated, running] = [1, 2];
    const [postgresql, broker, memory] = [
      props.postgresql.endpoint('postgresql'),
      props.broker.endpoint('redis'),
      props.memory.endpoint('http'),
    ];
    const base = baseSettings(environment, postgresql, broker);
    const agent = { ...base, ...agentSettings(environment, memory, props.mcpServers) };
    const stores = [calls(postgresql, 'agents, runs and users'), calls(broker, 'tasks and vectors')];
    const agentCalls = [
      ...stores,
      calls(memory, 'memory of the agents'),
      ...props.mcpServers.map((server) => calls(server.endpoint('http'), 'questions of the agents')),
    ];

    new ConfigFiles(this, {
      name: configName,
      namespace: 'superagi',
      data: { 'config.yaml': configYaml(environment) },
    });
    new Workspace(this, { wave: running });
    this.migration = new Migration(this, { env: base, calls: stores, wave: migrated });
    this.backend = new Backend(this, {
      env: { ...agent, ...loginSettings(environment) },
      calls: [...agentCalls, callsInternet('logins at GitHub, checks of model keys')],
      wave: running,
    });
    this.worker = new Worker(this, {
      env: { ...agent, ...summarySettings(environment) },
      calls: [...agentCalls, callsInternet('models and tools')],
      wave: running,
    });
    this.beat = new Beat(this, { env: base, calls: stores, wave: running });
    this.gui = new Gui(this, { wave: running });
  }
}
