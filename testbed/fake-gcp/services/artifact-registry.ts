/** @see https://cloud.google.com/artifact-registry/docs/reference/rest */
import { GoogleError } from '../answer.ts';
import { type Cloud, fullName, type Service } from '../cloud.ts';
import { collection, operationRoutes } from '../collection.ts';
import { page } from '../page.ts';
import { type Call, type Route, route } from '../route.ts';

const api = 'artifactregistry';
const host = 'artifactregistry.googleapis.com';
const repositories = '/v1/projects/{project}/locations/{location}/repositories';

export const artifactRegistry = (cloud: Cloud): Service => ({
  api,
  host,
  base: '',
  alwaysOn: false,
  routes: [
    ...collection(cloud, {
      api,
      host,
      path: repositories,
      id: 'repositoryId',
      operations: 'create and delete',
      policy: { get: 'GET' },
      words: {
        absent: () => 'Requested entity was not found.',
        exists: () => 'the repository already exists',
      },
      create: ({ mode, ...body }, name) => {
        const [, , , location, , id] = name.split('/');
        return {
          ...body,
          mode: mode === undefined || mode === 'MODE_UNSPECIFIED' ? 'STANDARD_REPOSITORY' : mode,
          satisfiesPzi: true,
          registryUri: `${location}-docker.pkg.dev/${cloud.project}/${id}`,
        };
      },
      change: (after, before) => {
        if (after.format !== before.format) throw new GoogleError('INVALID_ARGUMENT', 'format cannot be changed');
        return after;
      },
    }),
    operationRoutes(cloud, api, host, '/v1/projects/{project}/locations/{location}/operations'),
    contents(cloud),
  ].flat(),
});

/** What was pushed: a test puts packages, versions and tags into the state by their names. */
function contents({ state }: Cloud): readonly Route[] {
  return ['packages', 'packages/{package}/versions', 'packages/{package}/tags', 'dockerImages'].flatMap((path) => {
    const field = path.split('/').at(-1) ?? '';
    const all = (call: Call) => {
      const parent = decodeURIComponent(call.path.replace('/v1/', ''));
      const repository = parent.split('/').slice(0, 6).join('/');
      if (state.get(fullName(host, repository)) === undefined)
        throw new GoogleError('NOT_FOUND', 'Requested entity was not found.');
      return page(call, state.list(fullName(host, `${parent}/*`)), field);
    };
    return [route('GET', `${repositories}/{repository}/${path}`, all)];
  });
}
