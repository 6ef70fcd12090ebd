import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { Memory } from './access.ts';
import { reaches } from './reach.ts';

/** A session that the caller reaches. @throws {ToolRefusal} `not_found`, also where it is another subject's */
export async function livingSession(service: Memory, sessionId: string) {
  const { body } = await service.ask('getSession', { params: { sessionId } });
  if (reaches(service.reach, body)) return body;
  throw new ToolRefusal('not_found', `There is no session ${sessionId}.`, 'Use an id that list_sessions gives.');
}
