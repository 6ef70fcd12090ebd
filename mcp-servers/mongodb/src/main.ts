#!/usr/bin/env node
/** Entry of the server: over standard input and output, or over HTTP, as MCP_TRANSPORT says. */
import { runServer } from '@ai-orchestra/mcp-kit';
import { mongodbServer } from './server.ts';

await runServer(mongodbServer);
