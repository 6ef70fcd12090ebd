/** How people reach SuperAGI. */

import { addHttpsGateway } from './gateway/https.ts';
import { addLoadBalancer } from './gateway/load-balancer.ts';
import { Application } from './lib/application.ts';
import type { System } from './lib/system.ts';
import type { SuperAgi } from './superagi/superagi.ts';

/** What is reached. */
export interface GatewayProps {
  readonly superagi: SuperAgi;
}

/**
 * The one way in, as `exposure` of the environment says. Both serve the GUI at / and the backend at /api, on one host: that is
 * where the GUI's pages look for it.
 */
export class Gateway extends Application {
  constructor(system: System, { superagi }: GatewayProps) {
    super(system, 'gateway', import.meta.filename);
    const { exposure } = system.environment;
    if (exposure.by === 'gateway') addHttpsGateway(this, superagi, exposure);
    else addLoadBalancer(this, superagi, exposure);
  }
}
