import { ApiObject, Chart } from 'cdk8s';
import type { System } from './system.ts';

/**
 * The applications of a cluster in the order they come up: each is a folder of dist/<cluster>/ and an Argo CD Application.
 * What holds data is apart from the rest, so that it can be protected apart.
 */
export const applicationWaves = {
  platform: 0,
  secrets: 1,
  dragonfly: 2,
  mongodb: 2,
  weaviate: 2,
  postgresql: 2,
  broker: 2,
  memory: 3,
  'mcp-servers': 4,
  superagi: 5,
  gateway: 6,
  backup: 7,
  monitoring: 7,
  // The last: it holds the Application of itself, which is as healthy as the others let it be.
  argocd: 8,
} as const;

export type ApplicationName = keyof typeof applicationWaves;

/** The applications whose objects hold data. */
export const dataApplications: readonly ApplicationName[] = [
  'dragonfly',
  'mongodb',
  'weaviate',
  'postgresql',
  'broker',
];

/** A chart that fills the folder of one application. */
export class Application extends Chart {
  readonly application: ApplicationName;
  readonly system: System;
  /** The file that declares this chart, for the source map: `import.meta.filename`. */
  readonly source: string;

  /** @param source `import.meta.filename` of the file that declares the chart */
  constructor(system: System, application: ApplicationName, source: string) {
    super(system.app, application, {
      labels: { 'app.kubernetes.io/part-of': 'ai-orchestra' },
      disableResourceNameHashes: true,
    });
    this.application = application;
    this.system = system;
    this.source = source;
  }

  get objects(): ApiObject[] {
    return this.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
  }
}
