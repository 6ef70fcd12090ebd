import { asUntrusted, defineTool, ToolRefusal, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { type Measured, type Metric, measure, metricsOf } from '../objects/measure.ts';
import { propertyOf } from '../policy/names.ts';
import { type Dependencies, READ_SCOPE } from './dependencies.ts';
import { sourceOf } from './results.ts';
import { collectionArgument, filterArgument } from './search-arguments.ts';

const row = z.looseObject({ _count: z.int() });
const MOST_GROUPS = 200;

export function aggregateTool({ database, library }: Dependencies) {
  return defineTool({
    name: 'aggregate',
    title: 'Count and measure',
    description:
      'Counts objects, measures properties (numbers and dates: minimum, maximum, mean, median, sum; booleans: how many are true; texts: the most frequent), for all or by group. ' +
      'Example: {"collection":"Articles","group_by":"category","measure":["views"]}',
    input: z.strictObject({
      collection: collectionArgument,
      filter: filterArgument,
      group_by: z.string().min(1).max(256).optional().describe('Property; a list counts each of its values'),
      measure: z.array(z.string().min(1).max(256)).max(20).default([]).describe('Properties'),
      limit: z.int().min(1).max(MOST_GROUPS).default(20).describe('Most groups, and most frequent texts of each'),
    }),
    output: z.object({ collection: z.string(), rows: untrusted('Weaviate', row) }),
    annotations: { readOnly: true },
    scope: READ_SCOPE,
    complete: {
      collection: (start) => library.names(start),
      group_by: (start) => library.propertyNames(start),
      measure: (start) => library.propertyNames(start),
    },
    async run({ collection, filter, group_by: groupBy, measure: names, limit }, call) {
      const opened = await library.open(collection, call.caller);
      const { visible } = opened;
      const group = groupBy === undefined ? undefined : propertyOf(groupBy, visible, 'group_by');
      if (group && (!group.filterable || ['object', 'blob', 'geoCoordinates', 'phoneNumber'].includes(group.type))) {
        throw new ToolRefusal(
          'argument',
          `group_by: ${group.name} cannot be grouped by (${group.type}${group.filterable ? '' : ', not indexed for filters'}).`,
          'Name a filterable text, number, boolean, date or UUID.',
        );
      }
      const metrics = [...new Set(names)].map((name) => metricOf(name));
      const measured = await measure(
        database,
        { ...opened, ...(filter && { filter }), ...(group && { group }), metrics, limit },
        call.signal,
      );
      const source = sourceOf(visible);
      const marked = asUntrusted(source, measured.map(rowOf));
      return {
        kind: 'answer',
        structured: { collection: visible.name, rows: marked },
        text: [{ kind: 'rows', rows: marked.rows, source }],
        counts: { groups: measured.length },
      };

      function metricOf(name: string): Metric {
        const property = propertyOf(name, visible, 'measure');
        const metric = metricsOf(property);
        if (metric !== undefined) return metric;
        throw new ToolRefusal(
          'argument',
          `measure: ${name} cannot be measured (${property.type}).`,
          'Name another property.',
        );
      }
    },
  });
}

function rowOf({ group, count, values }: Measured): z.output<typeof row> {
  return { ...(group !== undefined && { _group: group }), _count: count, ...values };
}
