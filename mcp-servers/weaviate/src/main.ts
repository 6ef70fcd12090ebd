/** Entry of the server: over standard input and output, or over HTTP, as MCP_TRANSPORT says. */
import { runServer } from '@ai-orchestra/mcp-kit';
import { weaviateServer } from './server.ts';

await runServer(weaviateServer);
