/** Saved questions: an operator writes them, people pick them. */
import { definePrompt, type Prompt, SettingsMistakes } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { shownAt, yamlOf } from './files.ts';
import type { Reader } from './run/reader.ts';
import { completeCollection, scope } from './tools/parts.ts';

const placeholder = /\{([a-z][a-z0-9_]{0,40})\}/g;

const saved = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,60}$/, 'lower case letters, digits and "_"'),
  title: z.string().min(1).max(100),
  /** With `{placeholders}` for what the person fills in. */
  question: z.string().min(1).max(1000),
  /** By placeholder: the field, such as `agents.status`, whose values it takes. @default any text */
  values: z.record(z.string(), z.string()).default({}),
});
const file = z.strictObject({ questions: z.array(saved).max(200) });

export type SavedQuestion = z.output<typeof saved>;

/** @throws SettingsMistakes with every mistake */
export function parseQuestions(text: string, name: string): readonly SavedQuestion[] {
  const content = yamlOf(text, name);
  const parsed = file.safeParse(content);
  const problems = parsed.success
    ? parsed.data.questions.flatMap(({ name: own, question, values }, index) =>
        [
          ...Object.keys(values)
            .filter((one) => !placeholders(question).includes(one))
            .map((one) => ({ at: `values.${one}`, why: `a placeholder of the question` })),
          ...(parsed.data.questions.findIndex((other) => other.name === own) < index
            ? [{ at: 'name', why: 'a name that no other question has' }]
            : []),
        ].map(({ at, why }) => ({
          path: `questions.${index}.${at}`,
          given: shownAt(content, ['questions', index, ...at.split('.')]),
          allowed: why,
          fix: 'Correct it, or remove it.',
        })),
      )
    : parsed.error.issues.map(({ path, message }) => ({
        path: path.map(String).join('.') || 'the file',
        given: shownAt(content, path),
        allowed: message,
        fix: 'Write questions with name, title and question.',
      }));
  if (problems.length > 0 || !parsed.success) throw new SettingsMistakes(name, problems);
  return parsed.data.questions;
}

const placeholders = (question: string) => [...question.matchAll(placeholder)].map(([, name = '']) => name);

/** Always there: how to begin with a collection that one does not know. */
export const explorePrompt = (reader: Reader): Prompt =>
  definePrompt({
    name: 'explore_collection',
    title: 'Get to know a collection',
    description: 'What a collection holds, and what can be asked of it.',
    scope,
    arguments: z.strictObject({ collection: z.string().min(1).max(255).describe('Name of the collection') }),
    complete: { collection: (start, { caller }) => completeCollection(reader)(start, { caller }) },
    run: ({ collection }) => {
      const of = JSON.stringify({ collection });
      const text = `Call collection_schema and sample with ${of}. Say what the documents stand for, which fields tell them apart, and give three questions for the tool query that the data can answer.`;
      return [{ role: 'user', content: { type: 'text', text } }];
    },
  });

/** A prompt for each; what is filled in completes from the values that the caller may see. */
export function promptsOf(questions: readonly SavedQuestion[], reader: Reader): Prompt[] {
  return questions.map(({ name, title, question, values }) =>
    definePrompt({
      name,
      title,
      description: question,
      scope,
      arguments: z.strictObject(
        Object.fromEntries(
          placeholders(question).map((one) => [
            one,
            z
              .string()
              .min(1)
              .max(200)
              .describe(values[one] ?? one),
          ]),
        ),
      ),
      complete: Object.fromEntries(
        Object.entries(values).map(([one, path]) => [
          one,
          async (start, { caller }) => valuesOf(path, start, await reader.sight(caller)),
        ]),
      ),
      run: (given) => {
        const filled = question.replace(placeholder, (_, one: string) =>
          String((given as Record<string, string>)[one] ?? ''),
        );
        const text = `Answer with the tool query: ${JSON.stringify({ question: filled })}. Say what it assumed, and show its rows.`;
        return [{ role: 'user', content: { type: 'text', text } }];
      },
    }),
  );
}

function valuesOf(path: string, start: string, { view }: Awaited<ReturnType<Reader['sight']>>): string[] {
  const field = view.catalogue.entities
    .flatMap(({ collection, fields }) => fields.map((one) => ({ id: `${collection}.${one.path}`, values: one.values })))
    .find(({ id }) => id === path);
  const lower = start.toLowerCase();
  return (field?.values ?? []).map(String).filter((value) => value.toLowerCase().startsWith(lower));
}
