import { asUntrusted, defineTool, ToolRefusal, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { profileOf } from '../service/profile.ts';
import { subjectWithin } from '../service/reach.ts';
import { subjectArgument } from './arguments.ts';
import { type Dependencies, READ } from './dependencies.ts';

export function getProfileTool({ memory: access }: Dependencies) {
  return defineTool({
    name: 'get_profile',
    title: 'Read a profile',
    description: 'Gives what is kept of a person or agent: profile and preferences. Example: {"subject":"ana"}',
    input: z.strictObject({ subject: subjectArgument.optional().describe('Not set: the subject of the token') }),
    output: z.object({
      subject: z.string(),
      profile: untrusted(
        'the memory service',
        z.object({ part: z.enum(['profile', 'preferences']), name: z.string(), value: z.unknown() }),
      ),
    }),
    annotations: { readOnly: true },
    scope: READ,
    async run({ subject: given }, call) {
      const service = access(call);
      const subject = subjectWithin(service.reach, given);
      if (subject === undefined) {
        throw new ToolRefusal('argument', '- subject: given nothing; allowed: a subject', 'Say whose profile it is.');
      }
      const rows = await profileOf(service, subject);
      const source = 'the memory service';
      return {
        kind: 'answer',
        structured: { subject, profile: asUntrusted(source, rows) },
        text: [{ kind: 'rows', rows, source }],
        counts: { fields: rows.length },
      };
    },
  });
}
