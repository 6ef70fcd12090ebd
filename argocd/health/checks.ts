/**
 * Health checks in Lua, for the kinds that Argo CD 3.2 judges not at all, or not as this system needs it. Argo CD asks for the
 * health of an object to know when a wave is done and what to call degraded.
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
 */
import { applicationHealth } from './application.ts';
import { autoscalerHealth } from './autoscaler.ts';
import { jobHealth } from './job.ts';
import { monitoringHealth } from './monitoring.ts';

/** `<group>_<kind>` to its script. */
export const healthChecks = {
  'argoproj.io_Application': applicationHealth,
  autoscaling_HorizontalPodAutoscaler: autoscalerHealth,
  batch_Job: jobHealth,
  'monitoring.googleapis.com_ClusterRules': monitoringHealth,
  'monitoring.googleapis.com_PodMonitoring': monitoringHealth,
  'monitoring.googleapis.com_Rules': monitoringHealth,
} as const;
