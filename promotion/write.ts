/** Record and dist/ change together: where one cannot be written, both are as they were. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordFile } from '../environments/releases.ts';
import { put } from '../synth/output.ts';
import type { Plan } from './plan.ts';

/** The record first: a run that is killed between the two leaves a record whose files the next synthesis writes. */
export function write(root: string, { to, record, files, difference }: Plan) {
  const file = join(root, recordFile(to));
  const before = readFileSync(file, 'utf8');
  replaceFile(file, record);
  try {
    put(join(root, 'dist'), files, difference);
  } catch (error) {
    replaceFile(file, before);
    throw error;
  }
}

/** Never half written: the file is as before, or as asked. */
export function replaceFile(file: string, text: string) {
  const next = `${file}.${process.pid}`;
  try {
    writeFileSync(next, text);
    renameSync(next, file);
  } finally {
    rmSync(next, { force: true });
  }
}
