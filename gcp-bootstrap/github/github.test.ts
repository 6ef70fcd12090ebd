import { expect, test } from 'vitest';
import { clusters } from '../../environments/index.ts';
import { clusterAccessObjects } from './cluster-access.ts';
import { remainingText, setUpGitHub } from './github.ts';
import { workflowIdentities } from './identities.ts';

const project = { id: 'a-project', number: '1', apis: new Set<string>() };
const repository = { name: 'owner/name', ownerId: '71', repositoryId: '42' };
const identities = (name: string) =>
  workflowIdentities(
    project,
    clusters().filter(({ environment }) => environment.name === name),
    repository,
  );

test('without gh, all that GitHub needs is told as commands', async () => {
  const remaining = await setUpGitHub(undefined, repository.name, identities('dev'), true);
  expect(remainingText(remaining).split('\n').slice(0, 5)).toEqual([
    'gh is not here, or not logged in: at GitHub, make sure of:',
    '  gh api --method PUT repos/owner/name/environments/dev-plan',
    '  gh api --method PUT repos/owner/name/environments/images',
    '  gh api --method PUT repos/owner/name/environments/dev-integration',
    '  gh variable set GCP_REGION --repo owner/name --body us-central1',
  ]);
});

test('only the first environment builds and is called; the others are read', () => {
  const roles = (name: string) =>
    identities(name).resources.flatMap(
      ({ title }) => /^(roles\/\S+) on .* for (\S+)$/.exec(title)?.slice(1).join(' ') ?? [],
    );
  expect(roles('prod')).toEqual([
    'roles/viewer attribute.environment/prod-plan',
    'roles/iam.securityReviewer attribute.environment/prod-plan',
  ]);
  expect(roles('dev')).toEqual([
    'roles/viewer attribute.environment/dev-plan',
    'roles/iam.securityReviewer attribute.environment/dev-plan',
    'roles/artifactregistry.writer attribute.environment/images',
    'roles/container.clusterViewer attribute.environment/dev-integration',
  ]);
});

test('a repository is known by its numbers, and only from branches that environments follow', () => {
  const { wanted } = identities('dev').resources.find(({ id }) => id === 'federation-provider') ?? {};
  expect(wanted?.condition).toBe(
    "assertion.repository_owner_id == '71' && assertion.repository_id == '42' && assertion.ref in ['refs/heads/develop', 'refs/heads/main']",
  );
});

test('what a workflow may do in a cluster is bound to it alone', () => {
  const { integrationUser } = identities('dev');
  expect(integrationUser).toMatch(/\/subject\/repo:owner\/name:environment:dev-integration$/);
  const bindings = clusterAccessObjects(integrationUser).filter((object) => 'subjects' in object);
  expect(bindings).toHaveLength(2);
  for (const binding of bindings)
    expect(binding).toMatchObject({ subjects: [{ kind: 'User', name: integrationUser }], roleRef: { kind: 'Role' } });
});
