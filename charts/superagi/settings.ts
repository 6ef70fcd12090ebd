/**
 * SuperAGI's settings. It lays the environment over /app/config.yaml, with exact names; a variable stays a string, so what must be
 * a number stands in the file. Its defaults name hosts that cannot exist here (`super__redis`): each address is stated.
 */
import type { Environment } from '../../environments/schema.ts';
import { audiences, tokenFolder } from '../lib/cluster-identity.ts';
import type { EnvValue } from '../lib/container.ts';
import type { Endpoint } from '../lib/endpoint.ts';
import type { Workload } from '../lib/workload.ts';
import { superagiDatabase } from '../postgresql.ts';
import { secrets } from '../secrets.ts';

type Settings = Readonly<Record<string, EnvValue>>;

/** Where the shared volume is mounted; both resource roots are below it. */
export const workspacePath = '/workspace';

/** /app/config.yaml. Tools read it directly and fail where it is no mapping; where it is missing, SuperAGI tries to write it. */
export function configYaml({ superagi }: Environment): string {
  return [
    // Passed on as max_tokens untouched: a string would break the call.
    `MAX_MODEL_TOKEN_LIMIT: ${superagi.model.maxTokens}`,
    'MAX_TOOL_TOKEN_LIMIT: 800',
    // Hours; without it a login is good for 200.
    'JWT_EXPIRY: 24',
    '',
  ].join('\n');
}

/** What every process needs to be imported at all: the database, the broker, the key of stored secrets and the files. */
export function baseSettings({ superagi }: Environment, postgresql: Endpoint, broker: Endpoint): Settings {
  return {
    ENV: superagi.mode,
    DB_PASSWORD: secrets.postgresql.key('password'),
    DB_USERNAME: superagiDatabase.user,
    DB_NAME: superagiDatabase.name,
    DB_HOST: postgresql.address,
    // Alembic breaks on `%`, so the password must be usable as it is: generated ones are letters and digits.
    DB_URL: `postgresql://${superagiDatabase.user}:$(DB_PASSWORD)@${postgresql.address}/${superagiDatabase.name}`,
    BROKER_PASSWORD: secrets.broker.key('password'),
    // Every reader (worker.py, task_queue.py, vector_store/redis.py) puts redis:// before it and /0 behind it.
    REDIS_URL: `:$(BROKER_PASSWORD)@${broker.address}`,
    // This one is read as it stands (llama_vector_store_factory.py).
    REDIS_VECTOR_STORE_URL: `redis://:$(BROKER_PASSWORD)@${broker.address}`,
    // For `celery inspect` in the worker's probe, which then need not import SuperAGI.
    CELERY_BROKER_URL: 'redis://$(REDIS_URL)/0',
    // LTM_DB=Weaviate cannot work (create_weaviate_client has no such parameter); shared memory is the memory service.
    LTM_DB: 'Redis',
    RESOURCE_VECTOR_STORE: 'REDIS',
    RESOURCE_VECTOR_STORE_INDEX_NAME: 'super-agent-index',
    ENCRYPTION_KEY: secrets.superagi.key('encryption-key'),
    STORAGE_TYPE: 'FILE',
    RESOURCES_INPUT_ROOT_DIR: `${workspacePath}/input/{agent_id}`,
    RESOURCES_OUTPUT_ROOT_DIR: `${workspacePath}/output/{agent_id}/{agent_execution_id}`,
    // boto3 makes a client on import and would wait for a metadata server that the NetworkPolicy hides.
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: '/tmp',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  };
}

/** What processes need that run agents or act for them: where the language model, the memory service and the MCP servers are. */
export function agentSettings({ superagi }: Environment, memory: Endpoint, mcpServers: readonly Workload[]): Settings {
  return {
    OPENAI_API_BASE: superagi.model.apiBase,
    MEMORY_SERVICE_URL: `http://${memory.address}`,
    MEMORY_TOKEN_FILE: `${tokenFolder('memory')}/token`,
    // `name=URL` of each server, so that the toolkit knows a new one without a change.
    MCP_SERVERS: mcpServers.map((server) => `${server.name}=http://${server.endpoint('http').address}/mcp`).join(','),
    MCP_TOKEN_FILE: `${tokenFolder('mcp')}/token`,
  };
}

/**
 * What the workers need to summarise the files given to an agent; agents themselves call with the key that their organisation
 * stored. Not for the backend: where it finds a key, it hands it out to whoever is logged in (controllers/config.py).
 */
export function summarySettings({ superagi }: Environment): Settings {
  return {
    OPENAI_API_KEY: secrets.openrouter.key('api-key'),
    RESOURCES_SUMMARY_MODEL_NAME: superagi.model.summaries,
  };
}

/** What the backend needs to log people in. */
export function loginSettings({ exposure }: Environment): Settings {
  return {
    JWT_SECRET_KEY: secrets.superagi.key('jwt-secret'),
    GITHUB_CLIENT_ID: secrets.superagi.key('github-client-id'),
    GITHUB_CLIENT_SECRET: secrets.superagi.key('github-client-secret'),
    // Redirects are this with `?...` or `/path?...` behind it. A load balancer's address is not known before it exists, so
    // there they are relative: `/.` is `/` in both forms, where `/` would make `//path`, another host.
    FRONTEND_URL: exposure.by === 'gateway' ? `https://${exposure.domain}` : '/.',
  };
}

/** Audiences of the tokens that agents show. */
export const agentAudiences = [audiences.memory, audiences.mcp];
