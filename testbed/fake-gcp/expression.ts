/**
 * The part of the Common Expression Language that conditions of identity providers are written in: texts, lists, fields,
 * `==`, `!=`, `in`, `&&`, `||`, `!`, brackets, and startsWith, endsWith, contains, matches.
 * @see https://cloud.google.com/iam/docs/workload-identity-federation#conditions
 */
export type Value = string | boolean | readonly Value[] | { readonly [field: string]: Value };

/** Not an expression of this language, or one that asks for what is not there. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

type Evaluate = (variables: Readonly<Record<string, Value>>) => Value;

const tokens = /\s*(?:(?<text>'[^']*'|"[^"]*")|(?<word>[A-Za-z_]\w*)|(?<sign>==|!=|&&|\|\||[![\](),.]))/y;

function tokenize(source: string): readonly string[] {
  const found: string[] = [];
  const end = source.trimEnd().length;
  tokens.lastIndex = 0;
  while (tokens.lastIndex < end) {
    const at = tokens.lastIndex;
    const match = tokens.exec(source);
    if (match === null) throw new ExpressionError(`unexpected '${source.slice(at).trim()[0]}' in ${source}`);
    found.push(match[0].trim());
  }
  return found;
}

const methods: Readonly<Record<string, (text: string, argument: string) => boolean>> = {
  startsWith: (text, argument) => text.startsWith(argument),
  endsWith: (text, argument) => text.endsWith(argument),
  contains: (text, argument) => text.includes(argument),
  matches: (text, argument) => new RegExp(argument).test(text),
};

const truth = (value: Value): boolean => {
  if (typeof value !== 'boolean') throw new ExpressionError(`${JSON.stringify(value)} is neither true nor false`);
  return value;
};
const word = (value: Value): string => {
  if (typeof value !== 'string') throw new ExpressionError(`${JSON.stringify(value)} is not a text`);
  return value;
};

/** @throws {ExpressionError} when it is not an expression; what it returns throws it where a field is not there */
export function parseExpression(source: string): Evaluate {
  const all = tokenize(source);
  let next = 0;
  const take = (...signs: readonly string[]): string | undefined => {
    const token = all[next];
    if (token === undefined || !signs.includes(token)) return undefined;
    next++;
    return token;
  };
  const expect = (sign: string): void => {
    if (take(sign) === undefined)
      throw new ExpressionError(`'${sign}' is missing before '${all[next] ?? 'the end'}' in ${source}`);
  };

  const or = (): Evaluate => {
    const parts = [and()];
    while (take('||')) parts.push(and());
    return parts.length === 1 ? (parts[0] as Evaluate) : (of) => parts.some((part) => truth(part(of)));
  };
  const and = (): Evaluate => {
    const parts = [relation()];
    while (take('&&')) parts.push(relation());
    return parts.length === 1 ? (parts[0] as Evaluate) : (of) => parts.every((part) => truth(part(of)));
  };
  const relation = (): Evaluate => {
    const left = not();
    const sign = take('==', '!=', 'in');
    if (sign === undefined) return left;
    const right = not();
    if (sign === '==') return (of) => left(of) === right(of);
    if (sign === '!=') return (of) => left(of) !== right(of);
    return (of) => {
      const list = right(of);
      if (!Array.isArray(list)) throw new ExpressionError(`${JSON.stringify(list)} is not a list`);
      return list.includes(left(of));
    };
  };
  const not = (): Evaluate => {
    if (!take('!')) return member();
    const inner = not();
    return (of) => !truth(inner(of));
  };
  const member = (): Evaluate => {
    let value = primary();
    while (take('.')) {
      const name = all[next++] ?? '';
      const before = value;
      const method = methods[name];
      if (method && take('(')) {
        const argument = or();
        expect(')');
        value = (of) => method(word(before(of)), word(argument(of)));
        continue;
      }
      value = (of) => {
        const object = before(of);
        const field = typeof object === 'object' && !Array.isArray(object) ? Object.entries(object) : [];
        const found = field.find(([key]) => key === name);
        if (found === undefined) throw new ExpressionError(`no such key: ${name}`);
        return found[1];
      };
    }
    return value;
  };
  const primary = (): Evaluate => {
    if (take('(')) {
      const inner = or();
      expect(')');
      return inner;
    }
    if (take('[')) {
      const items: Evaluate[] = [];
      if (!take(']')) {
        do items.push(or());
        while (take(','));
        expect(']');
      }
      return (of) => items.map((item) => item(of));
    }
    const token = all[next++];
    if (token === undefined) throw new ExpressionError(`${source} ends too early`);
    if (/^['"]/.test(token)) return () => token.slice(1, -1);
    if (token === 'true' || token === 'false') return () => token === 'true';
    if (!/^[A-Za-z_]/.test(token)) throw new ExpressionError(`unexpected '${token}' in ${source}`);
    return (of) => {
      const value = of[token];
      if (value === undefined) throw new ExpressionError(`undeclared reference to '${token}'`);
      return value;
    };
  };

  const whole = or();
  if (next < all.length) throw new ExpressionError(`unexpected '${all[next]}' in ${source}`);
  return whole;
}
