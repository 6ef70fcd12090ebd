import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freshProgram, makeProgram } from './program-cache.ts';

let root: string;
const write = (file: string, text: string) => writeFileSync(join(root, file), text);
const said = () => execFileSync(process.execPath, [freshProgram(root, 'toy') ?? ''], { encoding: 'utf8' });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'program-'));
  mkdirSync(join(root, 'mcp-servers/toy/src'), { recursive: true });
  write('package-lock.json', '{}');
  write('mcp-servers/toy/src/word.ts', "export const word: string = 'tea';\n");
  write('mcp-servers/toy/src/later.ts', "export const later: string = 'later';\n");
  write(
    'mcp-servers/toy/src/main.ts',
    "import { word } from './word.ts';\nconst { later } = await import('./later.ts');\nconsole.log(word, later);\n",
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a program is used as long as its sources and the lock file are what it was made from', async () => {
  expect(freshProgram(root, 'toy')).toBeUndefined();
  await makeProgram(root, 'toy');
  expect(said()).toBe('tea later\n');
  for (const [file, text, now] of [
    ['mcp-servers/toy/src/word.ts', "export const word: string = 'coffee';\n", 'coffee later\n'],
    ['mcp-servers/toy/src/later.ts', "export const later: string = 'soon';\n", 'coffee soon\n'],
    ['package-lock.json', '{ }', 'coffee soon\n'],
  ] as const) {
    write(file, text);
    expect(freshProgram(root, 'toy'), file).toBeUndefined();
    await makeProgram(root, 'toy');
    expect(said()).toBe(now);
  }
});

test('what a server that runs may still load stays, and nothing half made does', async () => {
  await makeProgram(root, 'toy');
  const folder = join(freshProgram(root, 'toy') ?? '', '..');
  const [part = ''] = readdirSync(folder).filter((file) => file.startsWith('later-'));
  write('mcp-servers/toy/src/later.ts', "export const later: string = 'soon';\n");
  await makeProgram(root, 'toy');
  expect(readdirSync(folder)).toContain(part);
  expect(readdirSync(folder).filter((file) => file.startsWith('later-'))).toHaveLength(2);
  write('mcp-servers/toy/src/main.ts', 'const = ;\n');
  await expect(makeProgram(root, 'toy')).rejects.toThrow();
  expect(freshProgram(root, 'toy')).toBeUndefined();
  expect(readdirSync(folder).filter((file) => file.startsWith('new-'))).toEqual([]);
});
