/** This project as one of the renderers: what `npm run synth` runs, npm's own start apart. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '../measure/round-robin.ts';
import type { Renderer } from './renderer.ts';

/** Renders every environment in that many regions, into an empty folder. */
export function ours(root: string, regions: number): Renderer {
  return {
    name: 'ours',
    writes: true,
    steps: (folder) => [
      regions === 1
        ? script(root, (synth) => `${synth} --quiet --unheld --out ${folder}`)
        : script(root, (synth) => `${synth.replace('main.ts', 'bench/synth/many-regions.ts')} ${regions} ${folder}`),
    ],
  };
}

/** The script as npm runs it: by a shell, with the programs of node_modules first. */
function script(root: string, change: (synth: string) => string): Step {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { synth: string } };
  const path = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`;
  return { file: 'sh', args: ['-c', `exec env ${change(scripts.synth)}`], cwd: root, env: { PATH: path } };
}
