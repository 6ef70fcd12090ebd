import type { Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

const api = 'iam.googleapis.com';

interface ServiceAccount {
  readonly email: string;
  readonly displayName?: string;
  readonly disabled?: boolean;
}

export const serviceAccountEmail = (name: string, project: string) => `${name}@${project}.iam.gserviceaccount.com`;

/** An identity without keys. */
export function serviceAccount(name: string, project: string, meaning: string): Resource {
  const email = serviceAccountEmail(name, project);
  return {
    id: `service-account:${name}`,
    title: `service account ${name}`,
    api,
    needs: [apisId],
    wanted: { 'display name': meaning, disabled: false },
    async read(read) {
      const all = await read.json<readonly ServiceAccount[]>('iam', 'service-accounts', 'list');
      const found = all.find((one) => one.email === email);
      return found && { fields: { 'display name': found.displayName ?? '', disabled: found.disabled === true } };
    },
    create: () => [{ words: ['iam', 'service-accounts', 'create', name, `--display-name=${meaning}`] }],
    update: (changes) =>
      changes.map(({ field }) =>
        field === 'disabled'
          ? { words: ['iam', 'service-accounts', 'enable', email] }
          : { words: ['iam', 'service-accounts', 'update', email, `--display-name=${meaning}`] },
      ),
    remove: () => [{ words: ['iam', 'service-accounts', 'delete', email] }],
  };
}
