/** Every API of the fake cloud. */
import type { Cloud, Service } from '../cloud.ts';
import { artifactRegistry } from './artifact-registry.ts';
import { gkeBackup } from './backup.ts';
import { binaryAuthorization } from './binary-authorization.ts';
import { budgets } from './budgets.ts';
import { certificateManager } from './certificate-manager.ts';
import { compute } from './compute.ts';
import { container } from './container.ts';
import { dns } from './dns.ts';
import { firestore } from './firestore.ts';
import { iam } from './iam.ts';
import { kms } from './kms.ts';
import { billing, resourceManager } from './projects.ts';
import { secretManager } from './secret-manager.ts';
import { serviceUsage } from './service-usage.ts';
import { storage } from './storage.ts';
import { iamCredentials, sts } from './tokens.ts';

export const services = (cloud: Cloud): readonly Service[] =>
  [
    serviceUsage,
    resourceManager,
    billing,
    budgets,
    iam,
    iamCredentials,
    sts,
    compute,
    dns,
    certificateManager,
    kms,
    container,
    artifactRegistry,
    secretManager,
    firestore,
    storage,
    gkeBackup,
    binaryAuthorization,
  ].map((service) => service(cloud));
