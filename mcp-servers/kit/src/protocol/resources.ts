import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  type Server,
  UriTemplate,
} from '@modelcontextprotocol/server';
import { neutralise } from '../output/neutralise.ts';
import { isTemplate, type Resource, type ResourceTemplate } from '../resources/resource.ts';
import type { Log } from '../telemetry/log.ts';
import type { Caller } from '../tools/tool.ts';
import { asProtocolError } from './failures.ts';
import { isAllowed, type Surface } from './surface.ts';

/** Longest URI that is looked at. */
const LONGEST = 2048;

/** `resources/list`, `resources/templates/list` and `resources/read`. */
export function addResources(
  server: Server,
  { resources }: Surface,
  caller: Caller,
  cacheScope: 'private' | 'public',
  log: Log,
): void {
  const allowed = () => resources.filter((resource) => isAllowed(resource, caller));
  server.setRequestHandler('resources/list', () => ({
    resources: allowed().flatMap((resource) =>
      isTemplate(resource) ? [] : [{ uri: resource.uri, ...about(resource) }],
    ),
  }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: allowed().flatMap((resource) =>
      isTemplate(resource) ? [{ uriTemplate: resource.template, ...about(resource) }] : [],
    ),
  }));
  server.setRequestHandler('resources/read', async ({ params: { uri } }) => {
    if (uri.length > LONGEST)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `A URI has at most ${LONGEST} characters`);
    for (const resource of allowed()) {
      const variables = isTemplate(resource) ? matched(resource, uri) : resource.uri === uri ? {} : undefined;
      if (variables === undefined) continue;
      const { mimeType, ttlMs } = resource;
      const content = await asProtocolError(log, `Resource ${resource.name}`, () =>
        resource.read(uri, caller, variables),
      );
      const body =
        typeof content === 'string' ? { text: neutralise(content) } : { blob: Buffer.from(content).toString('base64') };
      return { contents: [{ uri, mimeType, ...body }], ttlMs, cacheScope };
    }
    throw new ResourceNotFoundError(uri);
  });
}

const about = ({ name, title, description, mimeType }: Resource) => ({
  name,
  title,
  mimeType,
  ...(description !== undefined && { description }),
});

/** The variables of a URI that the template makes; undefined: it is of another template. */
function matched({ template }: ResourceTemplate, uri: string): Readonly<Record<string, string>> | undefined {
  const found = templateOf(template).match(uri);
  if (found === null) return undefined;
  try {
    return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, decodeURIComponent(String(value))]));
  } catch {
    return undefined;
  }
}

const templates = new Map<string, UriTemplate>();

function templateOf(text: string): UriTemplate {
  let template = templates.get(text);
  if (template === undefined) {
    template = new UriTemplate(text);
    templates.set(text, template);
  }
  return template;
}
