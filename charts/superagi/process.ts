import { Size } from '../../environments/units.ts';
import { ownImage } from '../images.ts';
import { tokenFolder } from '../lib/cluster-identity.ts';
import type { ContainerProps, EnvValue } from '../lib/container.ts';
import type { System } from '../lib/system.ts';
import { claim, configFiles, type Mount, scratch, serviceAccountToken } from '../lib/volume.ts';
import type { Call } from '../lib/workload.ts';
import { agentAudiences, workspacePath } from './settings.ts';

/** The user of our image: upstream's runs as root. */
export const superagiUser = 10_001;

/** ConfigMap with /app/config.yaml. */
export const configName = 'superagi-config';

/** Claim of the files that agents read and write. */
export const workspaceName = 'superagi-workspace';

/** What a process of SuperAGI is given. */
export interface ProcessProps {
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly calls: readonly Call[];
  /** Sync wave within the application. */
  readonly wave: number;
}

/**
 * A container of the SuperAGI image. Upstream's entrypoints are never used: they install packages and download third-party
 * tools at each start, as root.
 */
export function superagiProcess(
  system: System,
  props: Omit<ContainerProps, 'image' | 'workingDir'> & Required<Pick<ContainerProps, 'command' | 'env'>>,
): ContainerProps {
  return {
    ...props,
    image: ownImage(system.cluster, 'superagi'),
    // config.yaml, alembic.ini and the folders of tools are opened by relative paths.
    workingDir: '/app',
    mounts: {
      '/tmp': scratch('tmp', Size.gibibytes(1)),
      '/app/config.yaml': configFiles(configName, { key: 'config.yaml' }),
      ...props.mounts,
    },
  };
}

/** The files and the tokens of a process that runs agents or acts for them. */
export function agentMounts(): Readonly<Record<string, Mount>> {
  return {
    [workspacePath]: claim('workspace', workspaceName),
    ...Object.fromEntries(agentAudiences.map((audience) => [tokenFolder(audience), serviceAccountToken(audience)])),
  };
}
