import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { type Log, told } from '../telemetry/log.ts';
import { ToolRefusal } from '../tools/tool.ts';

/**
 * The work of a prompt, a resource or a completion, which have no result for mistakes as tools have.
 * @throws {ProtocolError} a refusal with what to do; anything else without its text, which the log gets
 */
export async function asProtocolError<T>(log: Log, what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    if (error instanceof ToolRefusal) {
      const { code, message, fix } = error;
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${message}\n${fix}`, { code, fix });
    }
    log('error', `${what} failed`, { error: told(error) });
    throw new ProtocolError(ProtocolErrorCode.InternalError, 'The server failed. Repeat it later.');
  }
}
