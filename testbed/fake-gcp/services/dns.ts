/** @see https://cloud.google.com/dns/docs/reference/rest/v1 */
import { GoogleError } from '../answer.ts';
import { type Cloud, fullName, object, objects, type Service, text } from '../cloud.ts';
import { joined } from '../field-mask.ts';
import { page } from '../page.ts';
import { type Call, type Fields, param, route } from '../route.ts';
import { host as computeHost, reference } from './compute.ts';

const host = 'dns.googleapis.com';
const zones = '/projects/{project}/managedZones';
const one = `${zones}/{zone}`;
const recordSets = `${one}/rrsets`;
const record = `${recordSets}/{name}/{type}`;

export function dns(cloud: Cloud): Service {
  const { state, project } = cloud;
  const zoneName = (zone: string) => fullName(host, `projects/${project}/managedZones/${zone}`);
  const recordName = (zone: string, name: string, type: string) => `${zoneName(zone)}/rrsets/${name}/${type}`;
  const zoneFound = (call: Call): { readonly zone: string; readonly fields: Fields } => {
    const zone = param(call, 'zone');
    const fields = state.get(zoneName(zone));
    if (fields === undefined)
      throw new GoogleError('NOT_FOUND', `The 'parameters.managedZone' resource named '${zone}' does not exist.`);
    return { zone, fields };
  };
  const recordsOf = (zone: string) => state.list(`${zoneName(zone)}/rrsets/*/*`);
  const recordFound = (call: Call): { readonly full: string; readonly fields: Fields } => {
    const full = recordName(zoneFound(call).zone, param(call, 'name'), param(call, 'type'));
    const fields = state.get(full);
    if (fields === undefined)
      throw new GoogleError(
        'NOT_FOUND',
        `The 'parameters.name' resource named '${param(call, 'name')} (${param(call, 'type')})' does not exist.`,
      );
    return { full, fields };
  };
  const checked = (zone: Fields, fields: Fields): Fields => {
    const { name, type, rrdatas } = fields;
    const within = text(name) === zone.dnsName || text(name).endsWith(`.${text(zone.dnsName)}`);
    if (!within || !text(type) || !Array.isArray(rrdatas) || rrdatas.length === 0)
      throw new GoogleError('INVALID_ARGUMENT', `Invalid value for 'entity.rrset': '${text(name)}'`);
    return { kind: 'dns#resourceRecordSet', ...fields };
  };
  const changeOf = (zone: string, id: string): Fields => ({
    kind: 'dns#operation',
    id,
    status: 'done',
    type: 'update',
    zoneContext: { newValue: state.get(zoneName(zone)) },
  });

  return {
    api: 'dns',
    host,
    base: '/dns/v1',
    alwaysOn: false,
    errors: 'older',
    routes: [
      route('GET', zones, (call) => page(call, state.list(zoneName('*')), 'managedZones', 'maxResults')),
      route('POST', zones, (call) => {
        const { name, dnsName, visibility } = call.body;
        if (!text(dnsName).endsWith('.'))
          throw new GoogleError(
            'INVALID_ARGUMENT',
            `Invalid value for 'entity.managedZone.dnsName': '${text(dnsName)}'`,
          );
        if (state.get(zoneName(text(name))) !== undefined)
          throw new GoogleError(
            'ALREADY_EXISTS',
            `The resource 'entity.managedZone' named '${text(name)}' already exists`,
            { reason: 'alreadyExists' },
          );
        for (const { networkUrl } of objects(object(call.body.privateVisibilityConfig).networks)) {
          const network = reference(cloud, networkUrl);
          if (state.get(fullName(computeHost, network)) === undefined)
            throw new GoogleError('NOT_FOUND', `The network '${network}' was not found`);
        }
        const nameServers = [1, 2, 3, 4].map((number) => `ns-gcp-private-${number}.googledomains.com.`);
        const zone = state.set(zoneName(text(name)), {
          kind: 'dns#managedZone',
          id: state.uniqueId(),
          creationTime: cloud.clock.timestamp(),
          nameServers,
          ...call.body,
          visibility: visibility ?? 'public',
        });
        const own = { ttl: 21600, name: dnsName };
        const start = `${nameServers[0]} cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300`;
        const records = [
          { ...own, type: 'NS', rrdatas: nameServers },
          { ...own, type: 'SOA', rrdatas: [start] },
        ];
        for (const fields of records)
          state.set(recordName(text(name), text(dnsName), fields.type), checked(zone, fields));
        return zone;
      }),
      route('GET', one, (call) => zoneFound(call).fields),
      route('PATCH', one, (call) => {
        const { zone, fields } = zoneFound(call);
        state.set(zoneName(zone), joined(fields, call.body));
        return changeOf(zone, String(state.next('operation')));
      }),
      // gcloud asks for the change again, though it was done when it was answered.
      route('GET', `${one}/operations/{operation}`, (call) => changeOf(zoneFound(call).zone, param(call, 'operation'))),
      route('DELETE', one, (call) => {
        const { zone } = zoneFound(call);
        if (recordsOf(zone).some(({ type }) => type !== 'NS' && type !== 'SOA'))
          throw new GoogleError(
            'FAILED_PRECONDITION',
            `The resource named '${zone}' cannot be deleted because it contains one or more 'resource records'.`,
            { reason: 'containerNotEmpty' },
          );
        state.remove(zoneName(zone));
        return {};
      }),
      route('GET', recordSets, (call) => {
        const { zone } = zoneFound(call);
        const [name, type] = [call.query.get('name'), call.query.get('type')];
        const fits = (fields: Fields) =>
          (name === null || fields.name === name) && (type === null || fields.type === type);
        return page(call, recordsOf(zone).filter(fits), 'rrsets', 'maxResults');
      }),
      route('POST', recordSets, (call) => {
        const { zone, fields } = zoneFound(call);
        const [name, type] = [text(call.body.name), text(call.body.type)];
        if (state.get(recordName(zone, name, type)) !== undefined)
          throw new GoogleError(
            'ALREADY_EXISTS',
            `The resource 'entity.rrset' named '${name} (${type})' already exists`,
            { reason: 'alreadyExists' },
          );
        return state.set(recordName(zone, name, type), checked(fields, call.body));
      }),
      route('GET', record, (call) => recordFound(call).fields),
      route('PATCH', record, (call) => {
        const { full, fields } = recordFound(call);
        return state.set(full, checked(zoneFound(call).fields, { ...fields, ...call.body }));
      }),
      route('DELETE', record, (call) => {
        const { full, fields } = recordFound(call);
        if (fields.type === 'SOA' || (fields.type === 'NS' && fields.name === zoneFound(call).fields.dnsName))
          throw new GoogleError(
            'INVALID_ARGUMENT',
            `The record '${text(fields.name)}' of the zone itself cannot be deleted.`,
          );
        state.remove(full);
        return {};
      }),
    ],
  };
}
