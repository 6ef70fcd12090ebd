import { Duration } from '../../../environments/units.ts';
import type { AlertsOf } from '../alert.ts';

/**
 * SuperAGI has no metrics. What can be seen of it is its queue, in the broker's namespace: redis_exporter reports the length
 * of the list `celery` when told to check that key, and no series while the list is empty.
 */
export const superagi: AlertsOf = ({ monitoring: { interval } }) => [
  {
    name: 'SuperagiQueueStuck',
    // Nearly every scrape of the half hour found the list: one that is emptied now and then is a queue that works.
    expr: `min_over_time(redis_key_size{key="celery"}[30m]) > 20 and count_over_time(redis_key_size{key="celery"}[30m]) >= ${Math.floor((Duration.minutes(30).toSeconds() / interval.toSeconds()) * 0.9)}`,
    for: Duration.minutes(5),
    severity: 'page',
    summary: '{{ $value }} agent steps or more have been waiting for half an hour',
    description:
      'The Celery workers do not keep up, or do not run: agents stand still. SuperAGI silently skips runs older than a day.',
    firstLook: 'kubectl -n superagi get pods -l app.kubernetes.io/name=superagi-worker -o wide',
  },
];
