/**
 * Every image, once: version and digest. The digest decides what runs; the version is there for people and for Renovate.
 * Official images are rebuilt under the same tag, so a digest is one build of it.
 */

import type { Cluster } from '../environments/index.ts';
import { notYetBuilt, type OwnImage, ownImages } from '../environments/releases.ts';

/** A published image. */
export interface ThirdPartyImage {
  readonly repository: string;
  readonly version: string;
  readonly digest: string;
  /** What is not sure about the pin, where something is not. */
  readonly uncertain?: string;
}

export const images = {
  dragonfly: {
    repository: 'ghcr.io/dragonflydb/dragonfly',
    version: 'v1.40.1',
    digest: 'sha256:ebf3c6c213e82fb51b4521660cca13f06f3421dc5b1ed14f2f474c50b5e29986',
  },
  mongodb: {
    repository: 'docker.io/library/mongo',
    version: '7.0.43',
    digest: 'sha256:9854f7139445d766a9523571d6f047530c45547460ffcf8259eb2bf4264632ca',
  },
  'mongodb-exporter': {
    repository: 'docker.io/percona/mongodb_exporter',
    version: '0.51.0',
    digest: 'sha256:852b90b9f38ab489762b8a8b8c074ce852272c2495d725b922bdb5bc7d659e16',
    uncertain: 'the digest was seen pinned by one project alone',
  },
  weaviate: {
    repository: 'cr.weaviate.io/semitechnologies/weaviate',
    version: '1.38.2',
    digest: 'sha256:107e8faae40ead5477fa6e2e86cc3da5a2d578d32d4586b4e23861d90eb3601c',
    uncertain: 'the digest was seen beside this version in one project alone',
  },
  'transformers-inference': {
    repository: 'docker.io/semitechnologies/transformers-inference',
    version: 'baai-bge-small-en-v1.5-onnx',
    digest: 'sha256:301b962f1c7541f65db3f6922ee8376cc1a74361a338a0da57bc53e7e5a579d5',
    uncertain:
      'the digest is known to hold the BAAI/bge-small-en-v1.5 ONNX model (384 dimensions); the tag is inferred',
  },
  postgresql: {
    repository: 'docker.io/library/postgres',
    version: '15.19-alpine',
    digest: 'sha256:f7d23353e1b15400d22ebe31189f4d314b87a4c129cc400c8c2d8d4ca127bf81',
  },
  'postgres-exporter': {
    repository: 'quay.io/prometheuscommunity/postgres-exporter',
    version: 'v0.20.1',
    digest: 'sha256:ac5ec343104fae0e2d84a27bb8d69b38430a11910c5382cad85d478d2bab713e',
  },
  // SuperAGI's own choice: it needs RediSearch beside the broker.
  'redis-stack': {
    repository: 'docker.io/redis/redis-stack-server',
    version: '7.4.0-v8',
    digest: 'sha256:798ab84d9f266936b034ab11c4d04a2b8e4b441884c5aa7d17ac951eefdf742a',
    uncertain: 'the digest was seen pinned by one project alone',
  },
  'redis-exporter': {
    repository: 'docker.io/oliver006/redis_exporter',
    version: 'v1.93.0-alpine',
    digest: 'sha256:93831cd4d5d67687de67c9d5221b14312fea580af8d157583ed9d4459bf2dd70',
  },
  // Puts GUI and backend on one host where there is no Gateway.
  proxy: {
    repository: 'docker.io/nginxinc/nginx-unprivileged',
    version: '1.29-alpine',
    digest: 'sha256:0c79d56aee561a1d81c63f00eee5fb5fe29279560cdc55e91425133104c7fbe6',
  },
  // gcloud and bash; its stable variant has neither curl nor a python3 on its PATH, only the Python that gcloud brings.
  'google-cloud-cli': {
    repository: 'gcr.io/google.com/cloudsdktool/google-cloud-cli',
    version: '578.0.0-stable',
    digest: 'sha256:39f4c48c083fb1d8d182eedc7de97545980afb646b1afdfec61a3f560969bc96',
  },
  grafana: {
    repository: 'docker.io/grafana/grafana',
    version: '13.2.3',
    digest: 'sha256:b28bae15e219c998fb0e0424ed724930cc61b1f61fb404d47c862f9a23f9e572',
  },
  'prometheus-frontend': {
    repository: 'gke.gcr.io/prometheus-engine/frontend',
    version: 'v0.18.2-gke.1',
    digest: 'sha256:35ab356d969255dd7694ae371bf0991b97907451b4c7e1574b58a096d3be5977',
    uncertain: 'the digest was seen pinned by one project alone',
  },
} as const satisfies Readonly<Record<string, ThirdPartyImage>>;

/** `repository:version@digest` of a published image: the runtime reads the digest, people read the version. */
export function image(name: keyof typeof images): string {
  const { repository, version, digest } = images[name];
  return `${repository}:${version}@${digest}`;
}

/** An image that this repository builds, at the digest that the cluster's release record names. */
export function ownImage({ environment, release }: Cluster, name: OwnImage): string {
  const { artifactRegistry, projectId } = environment.googleCloud;
  return `${artifactRegistry}-docker.pkg.dev/${projectId}/orchestra/${name}@${release.images[name]}`;
}

/** The images of ours that no build has produced yet for this cluster: its pods cannot start. */
export function unbuiltImages({ release }: Cluster): OwnImage[] {
  return ownImages.filter((name) => release.images[name] === notYetBuilt);
}
