/**
 * Characters that no reader sees and a model reads: controls but tab and line feed, and what Unicode says to show as nothing: zero
 * width, bidi, fillers, tags and variation selectors, but the one that makes a symbol an emoji.
 */
const INVISIBLE = /[[\p{Cc}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]--[\t\n\uFE0F]]/gv;
const SEPARATORS = /\r\n?|[\u0085\u2028\u2029]/g;
/** What any of the replacements below begins with: most texts have none, and are done after one look. */
const SUSPECT = /[^\t\n -~]|[<\]`~]/;
const MARKED = /[<\]`~]/;

/** The text without invisible characters, and with one kind of line end. */
export function visible(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text.toWellFormed().replace(SEPARATORS, '\n').replace(INVISIBLE, '');
}

/**
 * A text from outside that shows no image, hides no link's target, opens no tag and closes no fence, wherever it is rendered.
 * Every visible character stays: markup gets a space or `&lt;` where it would begin to work.
 */
export function neutralise(text: string): string {
  const seen = visible(text);
  if (!MARKED.test(seen)) return seen;
  return seen
    .replace(/\](?=[([:])/g, '] ')
    .replace(/<(?=[A-Za-z/!?])/g, '&lt;')
    .replace(/`{3,}|~{3,}/g, (fence) => [...fence].join(' '));
}

/** Data with every text in it, keys too, passed through `clean`; the same object where nothing changed. */
export function cleaned(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (const [index, item] of value.entries()) {
      const done = cleaned(item, clean);
      if (done === item) continue;
      copy ??= [...value];
      copy[index] = done;
    }
    return copy ?? value;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  let changed = false;
  const entries = Object.entries(value).map(([key, item]) => {
    const pair = [clean(key), cleaned(item, clean)] as const;
    changed ||= pair[0] !== key || pair[1] !== item;
    return pair;
  });
  return changed ? Object.fromEntries(entries) : value;
}
