import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { Memory } from './access.ts';
import { reaches } from './reach.ts';

/** A memory that the caller reaches. @throws {ToolRefusal} `not_found`, also where it is another subject's */
export async function livingMemory(service: Memory, memoryId: string) {
  const { body } = await service.ask('getMemory', { params: { memoryId } });
  if (reaches(service.reach, body)) return body;
  throw new ToolRefusal('not_found', `There is no memory ${memoryId}.`, 'Use an id that recall gives.');
}
