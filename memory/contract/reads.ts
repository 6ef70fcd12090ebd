import { type OperationId, operations } from '../src/api/operations.ts';
import type { Call } from './subject.ts';

/** What changes something. Every other operation of the table is a read, also one that comes to it tomorrow. */
const writes: ReadonlySet<OperationId> = new Set([
  'createSession',
  'updateSession',
  'deleteSession',
  'appendMessages',
  'putState',
  'patchState',
  'deleteState',
  'createMemories',
  'updateMemory',
  'deleteMemory',
  'promoteMemory',
  'pinMemory',
  'unpinMemory',
  'supersedeMemory',
  'releaseMemory',
  'consolidate',
  'promoteByPolicy',
  'cancelOperation',
  'retryOperation',
  'patchProfile',
  'patchPreferences',
  'forgetSubject',
  'putPolicy',
]);

/** Values of the parameters in paths, by name. */
export type Named = Readonly<Record<string, readonly string[]>>;

const query = 'heron';
const ways: Partial<Record<OperationId, readonly Call[]>> = {
  searchMemories: [
    { body: { query, limit: 100, explain: true } },
    { body: { query, limit: 100, mode: 'lexical', tiers: ['semantic', 'short'] } },
    { body: { query: 'heron of today', limit: 100, filters: { subjectIds: ['ana'] } } },
    { body: { query, limit: 100, filters: { namespaces: ['work'], types: ['episodic'] } } },
  ],
  assembleContext: [
    { body: { query, maxTokens: 20_000 } },
    { body: { query, maxTokens: 2000, filters: { subjectIds: ['ana', 'bob'] } } },
    { body: { sessionId: 'talk of ana', query, maxTokens: 2000 } },
  ],
  listMemories: [
    { query: { limit: 200 } },
    { query: { limit: 200, status: 'quarantined' } },
    { query: { limit: 200, status: 'superseded' } },
    { query: { limit: 200, subjectId: 'bob', tier: 'long' } },
  ],
  listSessions: [{ query: { limit: 200 } }, { query: { limit: 200, subjectId: 'ana' } }],
  listMessages: [{ query: { limit: 1000 } }],
  listAudit: [{ query: { limit: 200 } }, { query: { limit: 200, subjectId: 'ana' } }],
};

export interface Read {
  readonly operation: OperationId;
  readonly call: Call;
}

/**
 * Each way to read of each operation, for all values of its parameters.
 * @throws where an operation has a parameter or a body of which nothing is known here
 */
export function reads(named: Named): readonly Read[] {
  const ids = (Object.keys(operations) as OperationId[]).filter((id) => !writes.has(id));
  return ids.flatMap((operation) => {
    const { params, ...rest } = operations[operation];
    const given = ways[operation] ?? ('body' in rest ? undefined : [{}]);
    if (given === undefined)
      throw new Error(`${operation} has a body: say in ways how it reads, or in writes that it does not`);
    const paths = Object.keys(params.shape).reduce<readonly Record<string, string>[]>(
      (some, name) => {
        const values = named[name];
        if (values === undefined) throw new Error(`${operation} has the parameter ${name}: say which values it has`);
        return some.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
      },
      [{}],
    );
    return paths.flatMap((path) => given.map((call) => ({ operation, call: { ...call, params: path } })));
  });
}
