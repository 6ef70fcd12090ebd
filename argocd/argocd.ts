/** What Argo CD reads of itself: its settings, the projects that bound it, and an Application for each folder of the cluster. */
import { Application } from '../charts/lib/application.ts';
import type { System } from '../charts/lib/system.ts';
import { addApplications } from './applications.ts';
import { addNotifications } from './notifications.ts';
import { addProjects } from './projects.ts';
import { addSettings } from './settings.ts';

/**
 * The last chart: projects allow what the others hold, and no more. Its own Application, `argocd`, is the root: the bootstrap
 * applies this folder once, and from then on Argo CD keeps it, itself included, as git says.
 */
export class ArgoCd extends Application {
  constructor(system: System) {
    super(system, 'argocd', import.meta.filename);
    addSettings(this);
    addNotifications(this);
    addApplications(this);
    addProjects(this);
  }
}
