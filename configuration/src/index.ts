export { type Description, describeVariables } from './describe.ts';
export {
  type EnvironmentSchema,
  environment,
  type Report,
  type Rule,
  requiredWhen,
  type Values,
  type Variables,
} from './environment.ts';
export { nearest } from './nearest.ts';
export { checkVariables, type Given, type Parsed, parseEnvironment } from './parse.ts';
export { formatProblem, type Problem } from './problem.ts';
export { isLoopback } from './values.ts';
