/** docs/deploy.md and docs/workflows.md: commands that exist, with options that they know. What they print: the rehearsals. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dockerfiles } from './images.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };
const guides = ['docs/deploy.md', 'docs/workflows.md'];

test.each(guides)('%s names scripts that exist, with options of theirs', (guide) => {
  const commands = [...read(guide).matchAll(/npm run (?:--silent )?([a-z]+)(?: -- ([^`\n]*))?/g)];
  expect(commands.length).toBeGreaterThan(5);
  for (const [command, script = '', words = ''] of commands) {
    const [, file = ''] = /(\S+\.ts)$/.exec(scripts[script] ?? '') ?? [];
    expect(existsSync(join(root, file)), command).toBe(true);
    const source = read(script === 'synth' ? 'synth/command.ts' : file);
    for (const [option] of words.matchAll(/--[a-z-]+/g)) expect(source, command).toContain(option);
  }
});

test.each(guides)('%s links to what is there', (guide) => {
  for (const [, target = '', anchor = ''] of read(guide).matchAll(/\]\(([^)#]+)#?([^)]*)\)/g)) {
    const file = join('docs', target);
    expect(existsSync(join(root, file)), target).toBe(true);
    const anchors = [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    if (anchor) expect(anchors, `${target}#${anchor}`).toContain(anchor);
  }
});

test('what it shows of the bootstrap is what docs/bootstrap.md shows, which a rehearsal holds against the real output', () => {
  const shown = read('docs/bootstrap.md').split('\n');
  const blocks = read('docs/deploy.md').matchAll(/^ {4}\$ (npm run bootstrap .*)\n((?: {4}(?!\$).*\n)+)/gm);
  const found = [...blocks];
  expect(found.map(([, command]) => command?.replace('npm run bootstrap -- ', ''))).toEqual([
    'plan --env dev',
    'apply --env dev',
    'destroy --env dev --yes dev',
  ]);
  for (const [, command = '', output = ''] of found) {
    expect(shown).toContain(`    $ ${command}`);
    for (const line of output.trimEnd().split('\n')) expect(shown, command).toContain(line);
  }
});

test('the guide names each image that is not built here, and none that is', () => {
  const [, named = ''] = /The images ([^.]*) are not built here yet/.exec(read('docs/deploy.md')) ?? [];
  for (const image of Object.keys(dockerfiles)) expect(named).not.toContain(`\`${image}\``);
  expect(named).toBe('`superagi` and `superagi-gui`');
});
