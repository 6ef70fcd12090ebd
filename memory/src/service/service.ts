import type { Input, Lifecycle, MemoryService, Scope } from '../api/service.ts';
import { RecalledTexts } from '../guard/recalled.ts';
import type { Dependencies } from './dependencies.ts';
import { Creation } from './memories/create.ts';
import { Editing } from './memories/editing.ts';
import { Promotion } from './memories/promotion.ts';
import { Reading } from './memories/reading.ts';
import { Accesses } from './recall/accesses.ts';
import { ContextAssembly } from './recall/context.ts';
import { Search } from './recall/search.ts';
import { Signer } from './records/signed.ts';
import { Consolidation } from './running/consolidation.ts';
import { Forgetting } from './running/forgetting.ts';
import { Operations } from './running/operations.ts';
import { PromotionByPolicy } from './running/promotion.ts';
import { Messages } from './sessions/messages.ts';
import { Sessions } from './sessions/sessions.ts';
import { State } from './sessions/state.ts';
import { Health } from './stats.ts';
import { exportSubject } from './subjects/export.ts';
import { Subjects } from './subjects/subjects.ts';
import { Audit } from './tiers/audit.ts';
import { Policies } from './tiers/policies.ts';
import { Tiers } from './tiers/tiers.ts';
import { Usage } from './tiers/usage.ts';

/** Every verb of the API over the given stores. Closing it writes what waits in memory, and closes neither stores nor index. */
export function createService(dependencies: Dependencies): MemoryService & Lifecycle {
  const problem = (what: string) => (error: unknown) => dependencies.onProblem?.(what, error);
  const tiers = new Tiers(dependencies);
  const signer = new Signer(dependencies.signingKey);
  const policies = new Policies(tiers, dependencies.defaults);
  const usage = new Usage(tiers, problem('usage'));
  const audit = new Audit(tiers, signer, problem('audit'));
  const accesses = new Accesses(tiers, problem('recalls'));
  const recalled = new RecalledTexts();
  const parts = { tiers, policies, usage, audit, signer, recalled, accesses };

  const sessions = new Sessions(parts);
  const messages = new Messages(parts, sessions, recalled);
  const state = new State(parts, sessions);
  const creation = new Creation(parts);
  const reading = new Reading(parts);
  const editing = new Editing(parts);
  const promotion = new Promotion(parts);
  const search = new Search(dependencies, parts);
  const context = new ContextAssembly(parts, search);
  const subjects = new Subjects(parts);
  const forgetting = new Forgetting({ ...parts, index: dependencies.index, messages });
  const health = new Health(dependencies, usage);
  const operations = new Operations(tiers, [
    new Consolidation(parts),
    new PromotionByPolicy(parts, promotion, accesses),
    forgetting,
  ]);

  return {
    createSession: (scope, input) => createSession(scope, input),
    listSessions: (scope, input) => sessions.list(scope, input),
    getSession: (scope, input) => sessions.get(scope, input),
    updateSession: (scope, input) => sessions.update(scope, input),
    deleteSession: (scope, input) => deleteSession(scope, input),
    appendMessages: (scope, input) => messages.append(scope, input),
    listMessages: (scope, input) => messages.list(scope, input),
    getState: (scope, input) => state.get(scope, input),
    putState: (scope, input) => state.put(scope, input),
    patchState: (scope, input) => state.patch(scope, input),
    deleteState: (scope, input) => state.delete(scope, input),
    createMemories: (scope, input) => creation.create(scope, input),
    listMemories: (scope, input) => reading.list(scope, input),
    searchMemories: (scope, input) => search.search(scope, input),
    getMemory: (scope, input) => reading.get(scope, input),
    updateMemory: (scope, input) => editing.update(scope, input),
    deleteMemory: (scope, input) => editing.delete(scope, input),
    getHistory: (scope, input) => reading.history(scope, input),
    promoteMemory: (scope, input) => promotion.promote(scope, input),
    pinMemory: (scope, input) => editing.pin(scope, input),
    unpinMemory: (scope, input) => editing.unpin(scope, input),
    supersedeMemory: (scope, input) => editing.supersede(scope, input),
    releaseMemory: (scope, input) => editing.release(scope, input),
    assembleContext: (scope, input) => context.assemble(scope, input),
    consolidate: (scope, { body: { dryRun, ...input }, idempotencyKey }) =>
      operations.start(scope, 'consolidation', { input, dryRun, idempotencyKey }),
    promoteByPolicy: (scope, { body: { dryRun, ...input }, idempotencyKey }) =>
      operations.start(scope, 'promotion', { input, dryRun, idempotencyKey }),
    getOperation: (scope, input) => operations.get(scope, input),
    cancelOperation: (scope, input) => operations.cancel(scope, input),
    retryOperation: (scope, input) => operations.retry(scope, input),
    getProfile: (scope, input) => subjects.get(scope, 'profile', input),
    patchProfile: (scope, input) => subjects.patch(scope, 'profile', input),
    getPreferences: (scope, input) => subjects.get(scope, 'preferences', input),
    patchPreferences: (scope, input) => subjects.patch(scope, 'preferences', input),
    forgetSubject: (scope, input) => forget(scope, input),
    exportSubject: (scope, input) => exportSubject(parts, scope, input),
    getPolicy: (scope, input) => policies.get(scope, input),
    putPolicy: (scope, input) => putPolicy(scope, input),
    listAudit: (scope, input) => audit.list(scope, input),
    getStats: (scope) => health.stats(scope),
    health: () => health.parts(),
    close,
  };

  async function createSession(scope: Scope, input: Input<'createSession'>) {
    const answer = await sessions.create(scope, input);
    messages.forgetSession(scope, answer.body.id);
    return answer;
  }

  async function deleteSession(scope: Scope, input: Input<'deleteSession'>) {
    const answer = await sessions.delete(scope, input);
    messages.forgetSession(scope, input.params.sessionId);
    return answer;
  }

  async function forget(scope: Scope, { params, body, idempotencyKey }: Input<'forgetSubject'>) {
    const { subjectId } = params;
    const { dryRun, reason } = body;
    await forgetting.check(scope, subjectId);
    const input = { subjectId, ...(reason !== undefined && { reason }) };
    return operations.start(scope, 'forget', { input, dryRun, idempotencyKey });
  }

  async function putPolicy(scope: Scope, input: Input<'putPolicy'>) {
    const answer = await policies.put(scope, input);
    const { namespace } = input.params;
    audit.record(scope, { action: 'policy', operation: 'putPolicy', ids: [], count: 1, namespace });
    return answer;
  }

  async function close(): Promise<void> {
    await operations.close();
    const flushed = await Promise.allSettled([usage.flush(), accesses.flush(), audit.flush()]);
    for (const outcome of flushed) if (outcome.status === 'rejected') problem('closing')(outcome.reason);
  }
}
