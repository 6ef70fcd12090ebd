import { describe, expect, it } from 'vitest';
import { environment, requiredWhen } from './environment.ts';
import { checkVariables, parseEnvironment } from './parse.ts';
import { formatProblem } from './problem.ts';
import { choice, integer, port, secret, url } from './values.ts';

const PASSWORD = 'correct horse battery';

const schema = environment(
  ['CAFE_'],
  {
    CAFE_PORT: port().default(8080).describe('Port of the door.'),
    CAFE_STORE: choice('shelf', 'cellar').default('shelf').describe('Where the beans are.'),
    CELLAR_PASSWORD: requiredWhen('CAFE_STORE', 'cellar')(secret(8)).describe('Opens the cellar.'),
    CAFE_OWNER: url().describe('Page of the owner.'),
    CAFE_CUPS: integer({ min: 1, max: 100 }).default(10).describe('Cups.'),
    CAFE_SAUCERS: integer({ min: 1, max: 100 }).default(10).describe('Saucers.'),
  },
  ({ CAFE_CUPS: cups, CAFE_SAUCERS: saucers }, report) => {
    if (cups !== undefined && saucers !== undefined && saucers < cups) {
      report('CAFE_SAUCERS', `at least CAFE_CUPS (${cups})`, 'Buy saucers.');
    }
  },
);
const owner = { CAFE_OWNER: 'http://owner' };

function problemsWith(environment: Record<string, string>) {
  const parsed = parseEnvironment(schema, environment);
  return parsed.ok ? [] : parsed.problems;
}

describe('parseEnvironment', () => {
  it('gives typed values, with defaults', () => {
    expect(parseEnvironment(schema, { ...owner, CAFE_PORT: '80' })).toEqual({
      ok: true,
      value: { ...owner, CAFE_PORT: 80, CAFE_STORE: 'shelf', CAFE_CUPS: 10, CAFE_SAUCERS: 10 },
    });
  });

  it('reports all problems at once: of values, of conditions, of rules, of names', () => {
    const problems = problemsWith({ CAFE_PORT: '0', CAFE_STORE: 'cellar', CAFE_CUPS: '11', CAFE_TABLES: '4' });
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'CAFE_OWNER',
      'CAFE_PORT',
      'CAFE_SAUCERS',
      'CAFE_TABLES',
      'CELLAR_PASSWORD',
    ]);
  });

  it('says what was given, what is allowed and what to do', () => {
    expect(problemsWith({ ...owner, CAFE_PORT: '0' }).map(formatProblem)).toEqual([
      'CAFE_PORT: given "0"; allowed: integer, 1 to 65535. Correct CAFE_PORT: Port of the door.',
    ]);
    expect(problemsWith({}).map(formatProblem)).toEqual([
      'CAFE_OWNER: given nothing; allowed: http or https URL without a login. Set CAFE_OWNER: Page of the owner.',
    ]);
  });

  it('names the variable whose value makes another one required', () => {
    expect(problemsWith({ ...owner, CAFE_STORE: 'cellar' })).toEqual([
      {
        path: 'CELLAR_PASSWORD',
        given: 'nothing',
        allowed: 'text of at least 8 characters, no white space at its ends',
        fix: 'Set CELLAR_PASSWORD, which CAFE_STORE=cellar needs: Opens the cellar.',
      },
    ]);
  });

  it('reports one problem for a conditional variable that is given but wrong', () => {
    const problems = problemsWith({ ...owner, CAFE_STORE: 'cellar', CELLAR_PASSWORD: 'short' });
    expect(problems.map(({ path }) => path)).toEqual(['CELLAR_PASSWORD']);
  });

  it('applies no rule to a value that is itself wrong', () => {
    expect(problemsWith({ ...owner, CAFE_CUPS: 'many', CAFE_SAUCERS: '1' }).map(({ path }) => path)).toEqual([
      'CAFE_CUPS',
    ]);
  });

  it.each([
    ['a secret that is wrong', { ...owner, CELLAR_PASSWORD: `${PASSWORD}\n` }],
    ['a secret under a misspelt name', { ...owner, CAFE_PASSWORD: PASSWORD }],
    ['a login in a URL', { CAFE_OWNER: `ftp://owner:${PASSWORD}@host/` }],
  ])('never shows %s', (_, environment) => {
    const problems = problemsWith(environment);
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain(PASSWORD);
  });

  it('suggests the nearest name for an unknown variable with its own prefix', () => {
    expect(problemsWith({ ...owner, CAFE_PROT: '1' })[0]?.fix).toBe(
      'Did you mean CAFE_PORT? If not, remove CAFE_PROT.',
    );
    expect(problemsWith({ ...owner, CAFE_TELEPHONE_NUMBER: '1' })[0]?.fix).toBe('Remove CAFE_TELEPHONE_NUMBER.');
  });

  it("leaves other programs' variables alone", () => {
    expect(problemsWith({ ...owner, PATH: '/bin', CELLAR_DOOR: 'x' })).toEqual([]);
  });

  it('takes an empty variable as not set', () => {
    expect(problemsWith({ ...owner, CAFE_PORT: '', CELLAR_PASSWORD: '' })).toEqual([]);
    expect(problemsWith({ CAFE_OWNER: '' })).toEqual(problemsWith({}));
  });

  it('shortens a long value', () => {
    expect(problemsWith({ ...owner, CAFE_PORT: '9'.repeat(5000) })[0]?.given.length).toBeLessThan(100);
  });
});

describe('checkVariables', () => {
  it('accepts what the service would accept, with secrets unseen', () => {
    expect(checkVariables(schema, { ...owner, CAFE_STORE: 'cellar', CELLAR_PASSWORD: { secret: true } })).toEqual([]);
  });

  it('reports a missing required variable and a missing conditional one', () => {
    expect(checkVariables(schema, { CAFE_STORE: 'cellar' }).map(({ path }) => path)).toEqual([
      'CAFE_OWNER',
      'CELLAR_PASSWORD',
    ]);
  });

  it('reports any unknown variable, whatever its prefix', () => {
    expect(checkVariables(schema, { ...owner, CELLAR_PASWORD: { secret: true }, NODE_ENV: 'x' })).toMatchObject([
      { path: 'CELLAR_PASWORD', fix: 'Did you mean CELLAR_PASSWORD? If not, remove CELLAR_PASWORD.' },
      { path: 'NODE_ENV', fix: 'Remove NODE_ENV.' },
    ]);
  });

  it('reports a secret given as a text, once and without showing it', () => {
    const problems = checkVariables(schema, { ...owner, CAFE_STORE: 'cellar', CELLAR_PASSWORD: PASSWORD });
    expect(problems).toMatchObject([{ path: 'CELLAR_PASSWORD', allowed: 'a reference to a Secret' }]);
    expect(JSON.stringify(problems)).not.toContain(PASSWORD);
  });

  it('reports a text that does not parse, and a broken rule', () => {
    const problems = checkVariables(schema, { ...owner, CAFE_PORT: 'tcp://10.0.0.1:80', CAFE_CUPS: '11' });
    expect(problems.map(({ path, given }) => [path, given])).toEqual([
      ['CAFE_PORT', '"tcp://10.0.0.1:80"'],
      ['CAFE_SAUCERS', 'nothing'],
    ]);
  });

  it('reports, once, a variable from a Secret that is no secret', () => {
    const problems = checkVariables(schema, { CAFE_OWNER: { secret: true }, CAFE_CUPS: { secret: true } });
    expect(problems.map(({ path, given }) => [path, given])).toEqual([
      ['CAFE_OWNER', 'a reference to a Secret'],
      ['CAFE_CUPS', 'a reference to a Secret'],
    ]);
  });
});
