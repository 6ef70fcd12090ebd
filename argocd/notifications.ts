/**
 * Who is told what. The triggers and the texts are always there; where they go is a setting.
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/
 */
import { type Application, applicationWaves } from '../charts/lib/application.ts';
import { externalSecret } from '../charts/lib/external-secrets.ts';
import { argoCdNamespace } from '../charts/lib/namespaces.ts';
import { KubeObject } from '../charts/lib/object.ts';
import { secrets } from '../charts/secrets.ts';
import type { Environment } from '../environments/schema.ts';
import { addArgoCdConfigMap } from './settings.ts';

type Notifications = Environment['gitops']['notifications'];

/** What people are told of an application, once for each of its commits: when, and in which words (a Go template). */
const events = {
  'sync-failed': {
    when: "app.status?.operationState?.phase in ['Error', 'Failed']",
    text: 'could not be synced: {{.app.status.operationState.message}}',
  },
  'health-degraded': {
    when: "app.status?.health?.status == 'Degraded'",
    text: 'is degraded',
  },
  deployed: {
    when: "app.status?.operationState?.phase in ['Succeeded'] and app.status?.health?.status == 'Healthy'",
    text: 'is deployed and healthy',
  },
} as const;

type EventName = keyof typeof events;
const eventNames = Object.keys(events) as EventName[];

/** Name of the webhook among Argo CD's services. */
const webhook = 'orchestra';

export function addNotifications(scope: Application) {
  const { system } = scope;
  const { notifications } = system.environment.gitops;
  addArgoCdConfigMap(scope, 'argocd-notifications-cm', {
    context: `cluster: ${system.cluster.folder}\n`,
    ...Object.fromEntries(eventNames.map((name) => [`trigger.on-${name}`, trigger(name)])),
    ...Object.fromEntries(eventNames.map((name) => [`template.app-${name}`, template(name)])),
    ...services(notifications),
  });
  if (notifications.by !== 'slack') return;
  const token = secrets.argoCdNotifications.key('slack-token');
  system.secretReaders.push({ namespace: argoCdNamespace, key: token, reader: 'argocd-notifications-controller' });
  // The last wave, which nothing waits for: a token that is missing must not keep the cluster from coming up.
  new KubeObject(scope, externalSecret(secrets.argoCdNotifications, argoCdNamespace, [token.key], 'Merge'), {
    wave: applicationWaves.argocd,
  });
}

/** Once for the revision of the operation: that of the repository changes with every commit to any application. */
const trigger = (name: EventName) => `- when: ${events[name].when}
  oncePer: app.status?.operationState?.syncResult?.revision
  send: [app-${name}]
`;

const template = (name: EventName) => `message: |
  {{.context.cluster}}: {{.app.metadata.name}} ${events[name].text} ({{.app.status.sync.revision}})
webhook:
  ${webhook}:
    method: POST
    body: |
      {
        "event": "${name}",
        "cluster": {{toJson .context.cluster}},
        "application": {{toJson .app.metadata.name}},
        "revision": {{toJson .app.status.sync.revision}},
        "message": {{toJson (dig "operationState" "message" "" .app.status)}}
      }
`;

function services(notifications: Notifications): Record<string, string> {
  switch (notifications.by) {
    case 'none':
      return {};
    case 'slack':
      // A reference to the Secret argocd-notifications-secret.
      return {
        'service.slack': 'token: $slack-token\n',
        subscriptions: subscriptions(`slack:${notifications.channel}`),
      };
    case 'webhook':
      return {
        [`service.webhook.${webhook}`]: `url: ${JSON.stringify(notifications.url)}
headers:
- name: Content-Type
  value: application/json
`,
        subscriptions: subscriptions(webhook),
      };
  }
}

const subscriptions = (recipient: string) => `- recipients: [${JSON.stringify(recipient)}]
  triggers: [${eventNames.map((name) => `on-${name}`).join(', ')}]
`;
