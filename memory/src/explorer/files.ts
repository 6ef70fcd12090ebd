import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';

/** A file of the page, as it is served. */
export interface PageFile {
  readonly body: string;
  readonly type: string;
  /** Strong, of the bytes. */
  readonly etag: string;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const folder = join(import.meta.dirname, 'page');

/**
 * The files of the page by their path, such as `views/search.js`. Read once, so that a request names an entry of a list and never
 * a file.
 * @param mode what the page may offer; it reads it from its own document
 */
export function pageFiles(mode: 'read-only' | 'writable'): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const text = readFileSync(join(folder, name), 'utf8');
    const body = name === 'index.html' ? text.replace('data-mode="read-only"', `data-mode="${mode}"`) : text;
    files.set(name.replaceAll(sep, '/'), { body, type, etag: `"${hash('sha256', body, 'base64url').slice(0, 22)}"` });
  }
  return files;
}
