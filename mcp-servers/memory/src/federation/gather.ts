import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import { type Asking, type Line, Missing, type Question, type Source, type SourceName } from './source.ts';

/** What became of one source. */
export interface Outcome {
  readonly source: SourceName;
  readonly status: 'answered' | 'missing';
  /** Of a missing one: why. Of one that answered: what of it did not. */
  readonly why?: string;
  readonly milliseconds: number;
  readonly lines: readonly Line[];
}

/** Asks all sources at the same time; each has so many milliseconds. */
export async function gather(
  sources: readonly Source[],
  question: Question,
  asking: Omit<Asking, 'signal'>,
  milliseconds: number,
): Promise<Outcome[]> {
  const { call } = asking;
  const outcomes = await Promise.all(
    sources.map(async (source): Promise<Outcome> => {
      const begun = performance.now();
      const spent = () => Math.round(performance.now() - begun);
      const late = AbortSignal.timeout(milliseconds);
      const signal = AbortSignal.any([call.signal, late]);
      try {
        const { lines, note } = await source.find(question, { ...asking, signal });
        const why = note === undefined ? {} : { why: note };
        return { source: source.name, status: 'answered', ...why, milliseconds: spent(), lines };
      } catch (error) {
        const why = late.aborted ? `it did not answer within ${milliseconds} ms` : whyOf(error);
        return { source: source.name, status: 'missing', why, milliseconds: spent(), lines: [] };
      }
    }),
  );
  call.signal.throwIfAborted();
  return outcomes;
}

/** The words of an error from outside may name hosts, or be somebody's: they are not repeated. */
function whyOf(error: unknown): string {
  if (error instanceof Missing) return error.message;
  if (error instanceof ToolRefusal && error.code === 'busy') return 'it has too much to do';
  if (error instanceof ToolRefusal && error.code === 'policy') return 'it does not allow this';
  return 'it does not answer';
}
