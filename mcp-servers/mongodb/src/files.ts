/** The operator's files: each is read at start, and all mistakes in it are told together. */
import { readFileSync } from 'node:fs';
import { SettingsMistakes } from '@ai-orchestra/mcp-kit';
import { parse, YAMLParseError } from 'yaml';

/** @throws SettingsMistakes where it is not there, or may not be read */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new SettingsMistakes(file, [
      {
        path: 'the file',
        given: `one that cannot be read (${code})`,
        allowed: 'a file that this process may read',
        fix: 'Correct the path, or its rights.',
      },
    ]);
  }
}

/** @throws SettingsMistakes where it is not YAML */
export function yamlOf(text: string, file: string): unknown {
  try {
    return parse(text, { prettyErrors: true, maxAliasCount: 20 }) as unknown;
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    const fix = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : '';
    throw new SettingsMistakes(file, [
      { path: line === undefined ? 'the file' : `line ${line}`, given: 'text that is not YAML', allowed: 'YAML', fix },
    ]);
  }
}

/** What stands at a path, short enough to be shown. */
export function shownAt(content: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>(
    (one, key) => (typeof one === 'object' && one !== null ? (one as Record<PropertyKey, unknown>)[key] : undefined),
    content,
  );
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
