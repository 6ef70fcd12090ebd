/** What must be there before anything can be made: a project, paid for, and somebody who may work in it. */
import type { Reader } from './gcloud/reader.ts';
import { enabledApis, listApis } from './steps/apis.ts';

export interface Project {
  readonly id: string;
  readonly number: string;
  /** `XXXXXX-XXXXXX-XXXXXX`; undefined where the project is not paid for. */
  readonly billingAccount?: string;
  readonly apis: ReadonlySet<string>;
}

/** Three calls at once. @throws {GcloudFailed} */
export async function readProject(read: Reader): Promise<Project> {
  const [{ projectNumber }, services] = await Promise.all([
    read.json<{ readonly projectNumber: string }>('projects', 'describe', read.project),
    read.json<Parameters<typeof enabledApis>[0]>(...listApis),
  ]);
  const billing = await read.json<{ readonly billingAccountName?: string; readonly billingEnabled?: boolean }>(
    'billing',
    'projects',
    'describe',
    read.project,
  );
  const account = billing.billingEnabled ? billing.billingAccountName?.split('/').at(-1) : undefined;
  return {
    id: read.project,
    number: projectNumber,
    apis: enabledApis(services),
    ...(account && { billingAccount: account }),
  };
}
