import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { Concurrency } from '../limits/concurrency.ts';
import { RateLimit } from '../limits/rate-limit.ts';
import { Signed } from '../signing/signed.ts';
import { type Audit, AuditFailure, type AuditRecord } from '../telemetry/audit.ts';
import { silent } from '../telemetry/observer.ts';
import { type CallRequest, Calls, type ToolResult } from './calls.ts';
import { defineTool } from './define.ts';
import { type Call, type Tool, ToolRefusal } from './tool.ts';

const caller = { principal: 'ana', tenant: 'bakery', scopes: new Set(['read', 'write']), claims: {} };
let records: AuditRecord[];
let logged: string[];
let failing: boolean;

const audit: Audit = {
  record(record) {
    if (failing) throw new AuditFailure('full');
    records.push(record);
  },
  close() {},
};

function make() {
  return new Calls({
    limits: { rate: new RateLimit(10, Date.now), concurrency: new Concurrency(2) },
    signed: new Signed(undefined, Date.now),
    audit,
    observer: silent,
    log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
    now: Date.now,
    timeout: 1000,
    tokens: 1000,
  });
}

const tool = (run: (call: Call) => Promise<string> | string, more: Partial<Tool> = {}): Tool => ({
  ...defineTool({
    name: 'tool',
    title: 'Tool',
    description: 'A tool.',
    input: z.strictObject({ text: z.string().optional() }),
    output: z.strictObject({ said: z.string() }),
    annotations: { readOnly: true },
    scope: 'read',
    async run(_input, call) {
      const said = await run(call);
      return { kind: 'answer', structured: { said }, text: [{ kind: 'note', text: said }], counts: { words: 1 } };
    },
  }),
  ...more,
});

const request = (of: Tool, more: Partial<CallRequest> = {}): CallRequest => ({
  tool: of,
  given: {},
  caller,
  signal: new AbortController().signal,
  counted: true,
  canAsk: false,
  progress: () => {},
  ...more,
});

const codeOf = (result: unknown) => ((result as ToolResult)._meta?.['ai-orchestra/refusal'] as { code: string })?.code;

beforeEach(() => {
  vi.useFakeTimers();
  records = [];
  logged = [];
  failing = false;
});
afterEach(() => vi.useRealTimers());

test('a call is answered, and leaves one line without data', async () => {
  const given = { text: 'a secret' };
  expect(
    await make().call(
      request(
        tool(() => 'hello'),
        { given },
      ),
    ),
  ).toEqual({
    content: [{ type: 'text', text: 'hello' }],
    structuredContent: { said: 'hello' },
  });
  expect(records).toMatchObject([
    {
      principal: 'ana',
      tenant: 'bakery',
      tool: 'tool',
      characters: 8,
      outcome: 'ok',
      counts: { words: 1 },
      duration: 0,
    },
  ]);
  expect(JSON.stringify(records)).not.toContain('secret');
});

test('a tool that takes too long is told to end, and its caller what to do', async () => {
  let ended = false;
  const slow = tool((call) => {
    call.signal.addEventListener('abort', () => {
      ended = true;
    });
    return new Promise(() => {});
  });
  const answer = make().call(request(slow));
  await vi.advanceTimersByTimeAsync(1000);
  expect(codeOf(await answer)).toBe('timeout');
  expect(ended).toBe(true);
  expect(records).toMatchObject([{ outcome: 'timeout', duration: 1000 }]);
});

test('a client that goes away ends its call', async () => {
  const gone = new AbortController();
  const answer = make().call(
    request(
      tool(() => new Promise(() => {})),
      { signal: gone.signal },
    ),
  );
  await vi.advanceTimersByTimeAsync(10);
  gone.abort();
  expect(codeOf(await answer)).toBe('cancelled');
  expect(records).toMatchObject([{ outcome: 'cancelled' }]);
});

test('a caller has so many calls at once; one that goes on after its time keeps its place', async () => {
  const calls = make();
  const done = Promise.withResolvers<string>();
  const deaf = tool(() => done.promise);
  const first = calls.call(request(deaf));
  const second = calls.call(request(deaf));
  const third = await calls.call(request(deaf));
  expect(third).toMatchObject({ isError: true, _meta: { 'ai-orchestra/refusal': { code: 'busy', retryAfter: 1 } } });
  const bob = { ...caller, principal: 'bob' };
  expect(
    codeOf(
      await calls.call(
        request(
          tool(() => 'hello'),
          { caller: bob },
        ),
      ),
    ),
  ).toBeUndefined();

  await vi.advanceTimersByTimeAsync(1000);
  expect([codeOf(await first), codeOf(await second)]).toEqual(['timeout', 'timeout']);
  expect(codeOf(await calls.call(request(tool(() => 'hello'))))).toBe('busy');
  done.resolve('late');
  await vi.advanceTimersByTimeAsync(0);
  expect(codeOf(await calls.call(request(tool(() => 'hello'))))).toBeUndefined();
});

test('calls that no transport has counted are counted here', async () => {
  const calls = make();
  const codes = [];
  for (let call = 0; call < 21; call += 1)
    codes.push(
      codeOf(
        await calls.call(
          request(
            tool(() => 'x'),
            { counted: false },
          ),
        ),
      ),
    );
  expect(codes.filter((code) => code === undefined)).toHaveLength(20);
  expect(codes[20]).toBe('busy');
});

test('a refusal says what to do; anything else says nothing of itself', async () => {
  const calls = make();
  const refused = tool(() => {
    throw new ToolRefusal('cost', 'It reads 10 million documents.', 'Filter by createdAt.', {
      cause: new Error('explain'),
    });
  });
  expect(await calls.call(request(refused))).toMatchObject({
    isError: true,
    content: [{ text: 'It reads 10 million documents.\nFilter by createdAt.' }],
    _meta: { 'ai-orchestra/refusal': { code: 'cost', fix: 'Filter by createdAt.' } },
  });
  const broken = await calls.call(
    request(
      tool(() => {
        throw new Error('mongodb://admin:secret@db is gone');
      }),
    ),
  );
  expect(JSON.stringify(broken)).not.toMatch(/mongodb|secret|gone/);
  expect(codeOf(broken)).toBe('internal');
  expect(logged.join('\n')).toContain('is gone');
});

test('a tool that breaks its own output schema is a failure of the server', async () => {
  const wrong = tool(() => 'x', { output: z.strictObject({ other: z.string() }) });
  expect(codeOf(await make().call(request(wrong)))).toBe('internal');
  expect(logged[0]).toContain('broke its output schema');
});

test('what cannot be recorded is not answered, and what changes something is not begun', async () => {
  const calls = make();
  let ran = 0;
  const run = () => {
    ran += 1;
    return 'data';
  };
  failing = true;
  const read = await calls.call(request(tool(run)));
  expect(codeOf(read)).toBe('unavailable');
  expect(JSON.stringify(read)).not.toContain('data');
  expect(ran).toBe(1);
  const writing = tool(run, { annotations: { readOnly: false }, scope: 'write' });
  expect(codeOf(await calls.call(request(writing)))).toBe('unavailable');
  expect(ran).toBe(1);
  failing = false;
  await calls.call(request(writing));
  expect(records.map(({ outcome }) => outcome)).toEqual(['begun', 'ok']);
});

test('without the scope a tool does not run, whatever asked for it', async () => {
  const result = await make().call(request(tool(() => 'x', { scope: 'admin' })));
  expect(codeOf(result)).toBe('policy');
});

test('a cursor goes on for the same caller and tool alone', async () => {
  const calls = make();
  let cursor = '';
  await calls.call(
    request(
      tool((call) => {
        cursor = call.cursorOf({ from: 10 });
        return 'x';
      }),
    ),
  );
  const read = (name = 'tool') => ({ ...tool((call) => JSON.stringify(call.stateOf(cursor))), name });
  expect(await calls.call(request(read()))).toMatchObject({ structuredContent: { said: '{"from":10}' } });
  expect(codeOf(await calls.call(request(read('other'))))).toBe('cursor');
  const mill = { ...caller, tenant: 'mill' };
  expect(codeOf(await calls.call(request(read(), { caller: mill })))).toBe('cursor');
});
