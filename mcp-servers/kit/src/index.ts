export type { KitEnvironment, OpenedServer, ServerDefinition } from './definition.ts';
export type { PartHealth } from './hosting/health.ts';
export { type CountTokens, tokenCounter } from './output/tokens.ts';
export { asUntrusted, type Untrusted, untrusted } from './output/untrusted.ts';
export { type Complete, definePrompt, type Prompt } from './prompts/prompt.ts';
export type { FixedResource, Resource, ResourceTemplate } from './resources/resource.ts';
export { runServer } from './run.ts';
export { SettingsMistakes } from './settings.ts';
export { type Fields, type Level, type Log, told } from './telemetry/log.ts';
export { defineTool } from './tools/define.ts';
export {
  type Annotations,
  type Answer,
  type Block,
  type Call,
  type Caller,
  type Format,
  type Question,
  type RefusalCode,
  type Rest,
  type Result,
  type Tool,
  ToolRefusal,
} from './tools/tool.ts';
