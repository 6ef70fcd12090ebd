export { IntegrationError } from './error.ts';
export { type IntegrationOptions, MCPIntegration, type SearchOptions } from './integration.ts';
export type { CallOptions, Reply } from './server.ts';
