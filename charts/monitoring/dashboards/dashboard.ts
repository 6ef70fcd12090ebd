/** Dashboards as Grafana reads them, from the few things that differ between one and another. */

/** Units of Grafana that are used here. @see https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
export type Unit = 'short' | 'percentunit' | 'bytes' | 'Bps' | 's' | 'ms' | 'µs' | 'ops' | 'reqps' | 'none';

/** A series that a panel draws. */
export interface Query {
  /** PromQL. `$location` is the region on screen; `$__rate_interval` spans four scrapes at least. */
  readonly expr: string;
  /** Name of the series, with labels as `{{pod}}`. */
  readonly legend: string;
}

/** A panel; its description says how to read it. */
export interface Panel {
  /** @default 'timeseries' */
  readonly as?: 'timeseries' | 'stat' | 'up';
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Value from which it is amber, and from which it is red. @default neither */
  readonly limits?: { readonly amber: number; readonly red: number };
  /** Greatest value of the axis. @default as the data has it */
  readonly max?: number;
}

/** Panels side by side under a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface DashboardProps {
  /** Never changes: links and stars point at it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
}

/** The dashboard that Grafana loads. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly object[];
  readonly [key: string]: unknown;
}

/** Selects the region on screen: the query frontend answers for every cluster of the project. */
export const here = 'location="$location"';

/** Uid of the one datasource. */
export const datasourceUid = 'managed-prometheus';

const datasource = { type: 'prometheus', uid: datasourceUid };
const width = 24;
const heights = { timeseries: 8, stat: 5, up: 5 } as const;

/** Lays the rows out from top to bottom. */
export function dashboard({ uid, title, description, rows }: DashboardProps): Dashboard {
  let y = 0;
  const panels = rows.flatMap((row) => {
    const heading = {
      type: 'row',
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: width, h: 1 },
    };
    y += 1;
    const height = Math.max(...row.panels.map((panel) => heights[panel.as ?? 'timeseries']));
    const each = Math.floor(width / row.panels.length);
    const drawn = row.panels.map((panel, index) => panelJson(panel, { x: index * each, y, w: each, h: height }));
    y += height;
    return [heading, ...drawn];
  });
  return {
    uid,
    title,
    description,
    tags: ['orchestra'],
    // The newest of the classic schema, apps/dashboard/pkg/migration/schemaversion of Grafana 13.
    schemaVersion: 42,
    version: 1,
    editable: false,
    graphTooltip: 1,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    annotations: { list: [] },
    links: [
      {
        type: 'dashboards',
        title: 'Dashboards',
        tags: ['orchestra'],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
      },
    ],
    templating: {
      list: [
        {
          name: 'location',
          label: 'Region',
          type: 'query',
          datasource,
          query: { qryType: 1, query: 'label_values(up{namespace="superagi-data"}, location)', refId: 'location' },
          definition: 'label_values(up{namespace="superagi-data"}, location)',
          refresh: 1,
          sort: 1,
          includeAll: false,
          multi: false,
        },
      ],
    },
    panels,
  };
}

interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

function panelJson(
  { as = 'timeseries', title, description, unit, queries, limits, max }: Panel,
  gridPos: GridPosition,
) {
  const steps = [
    { color: as === 'up' ? 'red' : 'green', value: null },
    ...(as === 'up' ? [{ color: 'green', value: 1 }] : []),
    ...(limits
      ? [
          { color: 'orange', value: limits.amber },
          { color: 'red', value: limits.red },
        ]
      : []),
  ];
  return {
    type: as === 'timeseries' ? 'timeseries' : 'stat',
    title,
    description,
    gridPos,
    datasource,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legend,
      range: as === 'timeseries',
      instant: as !== 'timeseries',
      editorMode: 'code',
    })),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(max !== undefined && { max }),
        thresholds: { mode: 'absolute', steps },
        mappings:
          as === 'up'
            ? [{ type: 'value', options: { 0: { text: 'down', index: 0 }, 1: { text: 'up', index: 1 } } }]
            : [],
        ...(as === 'timeseries' && {
          custom: {
            lineWidth: 1,
            fillOpacity: 10,
            showPoints: 'never',
            thresholdsStyle: { mode: limits ? 'dashed' : 'off' },
          },
        }),
      },
      overrides: [],
    },
    options:
      as === 'timeseries'
        ? {
            legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
            tooltip: { mode: 'multi', sort: 'desc' },
          }
        : {
            colorMode: 'background',
            graphMode: 'none',
            justifyMode: 'center',
            orientation: 'auto',
            textMode: 'value_and_name',
            reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
          },
  };
}
