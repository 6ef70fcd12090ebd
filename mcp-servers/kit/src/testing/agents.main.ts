import { runServer } from '../run.ts';
import { agentsServer } from './agents.fixture.ts';

await runServer(agentsServer);
