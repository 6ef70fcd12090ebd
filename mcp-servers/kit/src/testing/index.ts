export {
  failuresWithoutFixture,
  type Revision,
  runRequirements,
  type ScenarioResult,
  scoredScenarios,
} from './conformance.ts';
export { type Inspected, type InspectorTarget, inspect } from './inspector.ts';
export { type Issuer, startIssuer } from './issuer.ts';
export { freePort, type ServerProcess, startProcess } from './process.ts';
export { type ServerUnderTest, startForTest } from './start.ts';
