/** A server's program, kept between starts and made anew after each change of what it was made from. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';

/** What a program was made from: each source with its size and its times of change. */
interface Recipe {
  readonly node: string;
  readonly inputs: readonly (readonly [file: string, stamp: string])[];
}

/** Changes with every write to the file, whatever its content: the time of the last status change cannot be set. */
function stamp(file: string): string {
  const status = statSync(file, { throwIfNoEntry: false });
  return status ? `${status.size} ${status.mtimeMs} ${status.ctimeMs}` : 'gone';
}

const kept = (root: string, name: string) => join(root, 'node_modules/.cache/ai-orchestra', `mcp-${name}`);

/** The program's file where it was made from the sources as they are, by this Node. */
export function freshProgram(root: string, name: string): string | undefined {
  const folder = kept(root, name);
  const recipe = join(folder, 'recipe.json');
  if (!existsSync(recipe)) return undefined;
  const { node, inputs } = JSON.parse(readFileSync(recipe, 'utf8')) as Recipe;
  const fresh = node === process.version && inputs.every(([file, was]) => stamp(join(root, file)) === was);
  return fresh ? join(folder, 'main.js') : undefined;
}

/** @throws where there is no bundler (an installation without development packages), or the folder cannot be written to */
export async function makeProgram(root: string, name: string): Promise<void> {
  const { writeProgram } = await import('./client/mcpb/program.ts');
  const folder = kept(root, name);
  mkdirSync(folder, { recursive: true });
  const made = mkdtempSync(join(folder, 'new-'));
  try {
    const inputs: [file: string, stamp: string][] = [];
    // Stamped before it is read: a change while the program is made shows with the next start.
    const reading = (file: string) => inputs.push([relative(root, file), stamp(file)]);
    reading(join(root, 'package-lock.json'));
    await writeProgram(join(root, `mcp-servers/${name}/src/main.ts`), made, reading);
    const recipe: Recipe = { node: process.version, inputs };
    // What a server that runs may still load stays: the names of parts tell of their content.
    for (const file of readdirSync(made)) renameSync(join(made, file), join(folder, file));
    writeFileSync(join(made, 'recipe.json'), JSON.stringify(recipe));
    // The recipe last: a program without one is never used.
    renameSync(join(made, 'recipe.json'), join(folder, 'recipe.json'));
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}
