import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runServer } from '../run.ts';
import { agentsServer } from './agents.fixture.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Tells the heap that is in use, after what nobody holds is gone. */
process.on('SIGUSR2', () => {
  setTimeout(() => {
    collect();
    collect();
    process.stderr.write(`heap ${Math.round(process.memoryUsage().heapUsed / 1024 / 1024)} MB\n`);
  }, 200);
});

await runServer(agentsServer);
