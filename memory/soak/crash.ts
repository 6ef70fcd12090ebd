import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type EmbeddedService, embeddedService } from '../src/service/embedded-for-tests.ts';
import type { Acknowledged } from './writer.ts';

export interface CrashReport {
  rounds: number;
  /** Writes that the killed processes had been told are done. */
  acknowledged: number;
  /** Acknowledged, and not there, or not as they should be. */
  missing: string[];
  /** There more than once. */
  doubled: string[];
  /** A batch of which a part is there. */
  half: string[];
  /** Deleted, and there again, in a tier or in what search finds. */
  resurrected: string[];
}

const writer = join(import.meta.dirname, 'writer.ts');
/** A kill comes at any moment of so many milliseconds after the first acknowledgement. */
const LONGEST_LIFE = 1500;

/** Kills a writing process with SIGKILL, round after round over the same file, and looks each time at what is there. */
export async function crash(rounds: number, onRound: (report: CrashReport) => void): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), 'memory-crash-'));
  const path = join(folder, 'memory.sqlite');
  const report: CrashReport = { rounds: 0, acknowledged: 0, missing: [], doubled: [], half: [], resurrected: [] };
  const all: Acknowledged[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const told = await killed(path, round);
      all.push(...told);
      report.rounds += 1;
      report.acknowledged += told.length;
      await inspect(path, round, all, told, report);
      onRound(report);
    }
    return report;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function killed(path: string, round: number): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, [writer, path, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const told: Acknowledged[] = [];
  let _timer: NodeJS.Timeout | undefined;
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    told.push(JSON.parse(line));
    _timer ??= setTimeout(() => child.kill('SIGKILL'), Math.random() * LONGEST_LIFE);
  }
  const [code, signal] = await ended;
  if (signal !== 'SIGKILL') throw new Error(`The writer of round ${round} ended by itself: ${code ?? signal}`);
  return told;
}

async function inspect(
  path: string,
  round: number,
  all: readonly Acknowledged[],
  told: readonly Acknowledged[],
  report: CrashReport,
) {
  const memory = embeddedService({ path, clock: { now: () => Date.now(), advance: () => undefined } });
  try {
    const check = memory.file.database.prepare('PRAGMA integrity_check').get();
    if (check?.integrity_check !== 'ok') report.half.push(`the file of round ${round}: ${check?.integrity_check}`);
    await inspectMemories(memory, all, told, report);
    await inspectMessages(memory, told, report);
  } finally {
    await memory.close();
  }
}

async function inspectMemories(
  memory: EmbeddedService,
  all: readonly Acknowledged[],
  told: readonly Acknowledged[],
  report: CrashReport,
) {
  const there = new Map<string, { version: number; tier: string; batch: string }>();
  const texts = new Map<string, number>();
  let cursor: string | null = null;
  do {
    const query = { limit: 200, ...(cursor === null ? {} : { cursor }) };
    const { body }: Awaited<ReturnType<typeof page>> = await page(query);
    for (const { id, version, tier, text, metadata } of body.memories) {
      there.set(id, { version, tier, batch: String(metadata.batch) });
      texts.set(text, (texts.get(text) ?? 0) + 1);
    }
    cursor = body.next;
  } while (cursor !== null);
  for (const [text, count] of texts) if (count > 1) report.doubled.push(text);

  const deleted = new Set(all.flatMap((one) => (one.what === 'deleted' ? [one.id] : [])));
  for (const id of deleted) if (there.has(id)) report.resurrected.push(id);
  for (const one of all) {
    if (one.what === 'remembered') {
      // The process may have been killed between the deletion of the third and its acknowledgement.
      const lost = one.ids.slice(0, 2).filter((id) => !there.has(id));
      report.missing.push(...lost.map((id) => `memory ${id}`));
    } else if (one.what === 'edited' && (there.get(one.id)?.version ?? 0) < one.version) {
      report.missing.push(`edit of ${one.id}`);
    } else if (one.what === 'promoted' && there.get(one.id)?.tier !== 'semantic') {
      report.missing.push(`promotion of ${one.id}`);
    }
  }
  const known = new Set(all.flatMap((one) => (one.what === 'remembered' ? [one.batch] : [])));
  const batches = Map.groupBy(there.values(), ({ batch }) => batch);
  for (const [batch, members] of batches) {
    if (!known.has(batch) && members.length !== 3) report.half.push(`memories of ${batch}: ${members.length} of 3`);
  }
  for (const one of told.filter(({ what }) => what === 'deleted').slice(-5)) {
    if (one.what !== 'deleted') continue;
    const batch = told.find((other) => other.what === 'remembered' && other.ids.includes(one.id));
    const query = `heron ${batch?.what === 'remembered' ? batch.batch : ''} third`;
    const { body } = await memory.call('searchMemories', {
      body: { query, limit: 100, filters: { types: ['episodic'] } },
    });
    if (body.hits.some((hit) => hit.memory?.id === one.id)) report.resurrected.push(`${one.id} by search`);
  }

  function page(query: { limit: number; cursor?: string }) {
    return memory.call('listMemories', { query });
  }
}

async function inspectMessages(memory: EmbeddedService, told: readonly Acknowledged[], report: CrashReport) {
  const [first] = told.flatMap((one) => (one.what === 'said' ? [one] : []));
  if (first === undefined) return;
  const messages: { sequence: number; batch: string }[] = [];
  for (;;) {
    const query = { limit: 1000, after: messages.length };
    const { body } = await memory.call('listMessages', { params: { sessionId: first.session }, query });
    messages.push(...body.messages.map(({ sequence, metadata }) => ({ sequence, batch: String(metadata.batch) })));
    if (body.messages.length < 1000) break;
  }
  if (messages.some(({ sequence }, index) => sequence !== index + 1)) report.half.push(`${first.session} has a gap`);
  for (const [batch, members] of Map.groupBy(messages, (one) => one.batch)) {
    if (members.length < 3) report.half.push(`messages of ${batch}: ${members.length} of 3`);
    if (members.length > 3) report.doubled.push(`messages of ${batch}: ${members.length} of 3`);
  }
  for (const one of told) {
    if (one.what !== 'said') continue;
    const lost = one.sequences.filter((sequence) => messages[sequence - 1]?.batch !== one.batch);
    report.missing.push(...lost.map((sequence) => `message ${sequence} of ${one.session}`));
  }
}
