/** What there is in the fake cloud, without what differs from one run to the next. */
import type { GoogleCloud } from '../../testbed/servers/google-cloud.ts';

const made = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Times, numbers that a server gives out, and what was generated. */
const differs = new Set(
  'createTime updateTime creationTimestamp timeCreated updated etag fingerprint id uid uniqueId oauth2ClientId earliestVersionTime effectiveTime nextRotationTime startTime version metageneration selfLinkWithId payload data checksum dataCrc32c resourceVersion generation nextRefreshTime'.split(
    ' ',
  ),
);

/** Names of everything that is there, sorted; ids that Google makes up are `*`. APIs are left out. */
export const inventory = ({ state }: GoogleCloud): readonly string[] =>
  state
    .inventory()
    .filter((name) => !name.startsWith('//serviceusage.'))
    .map((name) => name.replaceAll(made, '*').replace(/CICAgO\d+/, '*'))
    .sort();

/** Fields and policies too. Two runs that end in the same state have equal ones. */
export function stateOf({ state }: GoogleCloud): Readonly<Record<string, unknown>> {
  const all = Object.entries(state.toJSON().resources).filter(([name]) => !name.startsWith('//internal/operations/'));
  const steady = all.map(([name, fields]) => [hidden(name), steadyFields(fields)] as const);
  // Indexes have made-up names, so they are told apart by their content.
  return Object.fromEntries(
    steady
      .map(([name, fields]) => [name.includes('*') ? `${name} ${JSON.stringify(fields)}` : name, fields] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const hidden = (text: string) => text.replaceAll(made, '*').replaceAll(/CICAgO\d+/g, '*');

function steadyFields(value: unknown): unknown {
  if (typeof value === 'string') return hidden(value);
  // Members of a role, or records, come in the order in which they were added.
  if (Array.isArray(value))
    return value.map(steadyFields).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([field]) => !differs.has(field))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([field, one]) => [field, steadyFields(one)]),
  );
}
