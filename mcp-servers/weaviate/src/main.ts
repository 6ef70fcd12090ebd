/** Entry of the server: over standard input and output, or over HTTP, as MCP_TRANSPORT says. */
import { runServer } from '@ai-orchestra/mcp-kit';
import { PolicyMistakes, readPolicy } from './policy/policy.ts';
import { weaviateServer } from './server.ts';

const { MCP_POLICY_FILE: policy } = process.env;
try {
  // A policy that is wrong ends the start as a setting that is wrong does: told in full, with exit code 2.
  if (policy?.startsWith('/')) await readPolicy(policy);
  await runServer(weaviateServer);
} catch (error) {
  if (!(error instanceof PolicyMistakes)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
