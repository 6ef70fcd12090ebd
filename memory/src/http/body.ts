import { type Mistake, Refusal } from '../api/errors.ts';

/** Deeper than anything of the API, and shallow enough for every store. */
const DEEPEST = 32;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON of a body, free of what a store, a log or a program behind it would stumble over.
 * @throws Refusal unsupported-media-type, invalid-request
 */
export function parseBody(
  contentType: string | undefined,
  contentEncoding: string | undefined,
  bytes: Buffer,
): unknown {
  if (bytes.length === 0) return undefined;
  if (contentEncoding !== undefined && contentEncoding !== 'identity') {
    throw new Refusal('unsupported-media-type', `Content-Encoding: ${contentEncoding} is not read. Send it as it is.`);
  }
  if (!isJson(contentType ?? '')) {
    throw new Refusal('unsupported-media-type', 'Send Content-Type: application/json (UTF-8).');
  }
  const text = decoded(bytes);
  const value = parsed(text);
  const mistake = isPlain(text) ? undefined : firstMistake(value);
  if (mistake !== undefined) {
    throw new Refusal('invalid-request', 'The JSON of the body holds what cannot be kept.', { mistakes: [mistake] });
  }
  return value;
}

function isJson(contentType: string): boolean {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  return type === 'application/json' && parameters.every((one) => /^charset="?utf-?8"?$/.test(one));
}

function decoded(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new Refusal('invalid-request', 'The body is not UTF-8.', { cause });
  }
}

/** Too few brackets to be too deep, and nothing that could be U+0000, half a pair or `__proto__`: there is no need to look further. */
function isPlain(text: string): boolean {
  if (text.includes('\\u') || text.includes('__proto__')) return false;
  let brackets = 0;
  for (let at = -1; brackets <= DEEPEST; brackets += 1) {
    at = nextBracket(text, at + 1);
    if (at < 0) return true;
  }
  return false;
}

function nextBracket(text: string, from: number): number {
  const [array, object] = [text.indexOf('[', from), text.indexOf('{', from)];
  return array < 0 || object < 0 ? Math.max(array, object) : Math.min(array, object);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's message quotes the body.
    const place = /at position (\d+)/.exec(cause instanceof Error ? cause.message : '')?.[1];
    const where = place === undefined ? '' : ` at character ${place}`;
    throw new Refusal('invalid-request', `The body is not JSON: it stops making sense${where}.`, { cause });
  }
}

interface Step {
  readonly value: unknown;
  readonly pointer: string;
  readonly depth: number;
}

/** Without recursion, as the body may be as deep as it is long. */
function firstMistake(root: unknown): Mistake | undefined {
  const left: Step[] = [{ value: root, pointer: '', depth: 0 }];
  for (let step = left.pop(); step !== undefined; step = left.pop()) {
    const { value, pointer, depth } = step;
    if (typeof value === 'string' && !isKept(value)) return badText(pointer);
    if (typeof value !== 'object' || value === null) continue;
    if (depth === DEEPEST) {
      return {
        pointer: pointer.slice(0, 200),
        given: 'more',
        allowed: `at most ${DEEPEST} levels of arrays and objects`,
      };
    }
    for (const [name, inner] of Object.entries(value)) {
      const child = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (name === '__proto__') return { pointer: child, given: 'a member', allowed: 'any other name' };
      if (!isKept(name)) return badText(child);
      left.push({ value: inner, pointer: child, depth: depth + 1 });
    }
  }
  return undefined;
}

const isKept = (text: string) => text.isWellFormed() && !text.includes('\0');

const badText = (pointer: string): Mistake => ({
  pointer: pointer.toWellFormed(),
  given: 'U+0000 or half of a surrogate pair',
  allowed: 'well-formed Unicode without U+0000',
});
