#!/usr/bin/env node
/** Entry of the server: `npm start -w mcp-servers/mongodb`, the image, and the command `mcp-mongodb`. */
import { runServer } from '@ai-orchestra/mcp-kit';
import { FileMistakes } from './files.ts';
import { readOperatorFiles } from './operator-files.ts';
import { mongodbServer } from './server.ts';

/** The path that a variable has; one that is no path is told with the other mistakes of the settings. */
const path = (variable: string | undefined) => (variable?.startsWith('/') ? variable : undefined);

try {
  // A file that is wrong ends the start as a setting that is wrong does: told in full, with exit code 2.
  const { MCP_POLICY_FILE: policy, MCP_SYNONYMS_FILE: synonyms, MCP_QUESTIONS_FILE: questions } = process.env;
  readOperatorFiles({
    MCP_POLICY_FILE: path(policy),
    MCP_SYNONYMS_FILE: path(synonyms),
    MCP_QUESTIONS_FILE: path(questions),
  });
  await runServer(mongodbServer);
} catch (error) {
  if (!(error instanceof FileMistakes)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
