import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes minutes, the longest first. Begun last, on a machine that has not seen them before, they would be waited for alone. */
const longest = [
  'argocd/e2e/',
  'gcp-bootstrap/apply.it.',
  'memory/faults/',
  'promotion/',
  'testing/pods.it.',
  'memory/soak/',
  'testing/api-server.it.',
  'testbed/servers/argocd/',
  'gcp-bootstrap/',
  'argocd/',
];

const rank = ({ moduleId }: TestSpecification): number => {
  const found = longest.findIndex((part) => moduleId.includes(`/${part}`));
  return found === -1 ? longest.length : found;
};

/** The order of test files: those known to be long, then as vitest has them. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
