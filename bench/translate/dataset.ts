/** The set of questions: where it lies, what is in it, and its own scorer. It is read by path and is no part of the project. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Catalogue } from '../../mcp-servers/mongodb/src/catalogue/catalogue.ts';
import { catalogueOf, type Sampled, sampleCollection } from '../../mcp-servers/mongodb/src/catalogue/learn.ts';

/** One question; the gold answer stays with the scorer. */
export interface Question {
  readonly id: string;
  readonly db: string;
  readonly question: string;
}

export type Collections = Readonly<Record<string, readonly Sampled[]>>;

export interface Database {
  readonly name: string;
  readonly collections: Collections;
  readonly catalogue: Catalogue;
}

export interface Prediction {
  readonly id: string;
  readonly abstained: boolean;
  readonly rows: readonly unknown[] | null;
}

export interface Summary {
  readonly total: number;
  readonly answered: number;
  readonly correct: number;
  readonly wrong: number;
  readonly precisionOnAnswered: number | null;
  readonly coverage: number | null;
  readonly accuracy: number | null;
}

export interface Report {
  readonly total: Summary;
  readonly classes: Readonly<Record<string, Summary>>;
  readonly nonEmpty: Summary;
  readonly databases: Readonly<Record<string, Summary>>;
}

/** What the scorer says of each question. */
export interface Detail {
  readonly id: string;
  readonly db: string;
  readonly outcome: 'correct' | 'wrong' | 'abstained';
}

export interface Dataset {
  readonly folder: string;
  readonly questions: readonly Question[];
  readonly databases: ReadonlyMap<string, Database>;
  readonly score: (predictions: readonly Prediction[]) => {
    readonly report: Report;
    readonly details: readonly Detail[];
  };
}

const variable = 'TRANSLATE_QUESTIONS';

/** The set of questions is not on this machine. */
export class DatasetMissing extends Error {
  override readonly name = 'DatasetMissing';
}

/** The folder of the set: of the environment variable, or beside the project. */
export function datasetFolder(root: string): string {
  const own = process.env[variable];
  return own === undefined || own === '' ? resolve(root, '../shared/data/nl-to-mql/dev') : resolve(own);
}

/** @throws DatasetMissing where the set is not there */
export async function readDataset(root: string): Promise<Dataset> {
  const folder = datasetFolder(root);
  const scorer = join(folder, '../score.mjs');
  for (const needed of ['inputs.json', 'questions.json', 'databases'].map((name) => join(folder, name)).concat(scorer))
    if (!existsSync(needed))
      throw new DatasetMissing(
        `${needed} is not there. Set ${variable} to a folder with inputs.json, questions.json and databases/, with score.mjs beside it.`,
      );
  const { score } = (await import(pathToFileURL(scorer).href)) as {
    score: (questions: unknown, predictions: readonly Prediction[]) => { report: Report; details: Detail[] };
  };
  const gold: unknown = JSON.parse(readFileSync(join(folder, 'questions.json'), 'utf8'));
  const questions = JSON.parse(readFileSync(join(folder, 'inputs.json'), 'utf8')) as Question[];
  const databases = new Map(
    readdirSync(join(folder, 'databases'))
      .filter((file) => file.endsWith('.json'))
      .map((file) => {
        const name = basename(file, '.json');
        const collections = JSON.parse(readFileSync(join(folder, 'databases', file), 'utf8')) as Collections;
        const catalogue = catalogueOf(
          Object.entries(collections).map(([own, documents]) => sampleCollection(own, documents)),
        );
        return [name, { name, collections, catalogue }] as const;
      }),
  );
  return { folder, questions, databases, score: (predictions) => score(gold, predictions) };
}
