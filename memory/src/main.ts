/** Entry of the service: reads its settings, opens the stores, listens, and drains when it is told to end. */
import { formatProblem, parseEnvironment } from '@ai-orchestra/configuration';
import { memoryConfig } from './config.ts';
import { runService } from './run.ts';
import { createLog } from './telemetry/log.ts';

const parsed = parseEnvironment(memoryConfig, process.env);
if (parsed.ok) {
  const log = createLog(parsed.value.MEMORY_LOG_LEVEL, (line) => process.stdout.write(line));
  const running = await runService(parsed.value, log);
  let ending = false;
  const end = (signal: NodeJS.Signals) => {
    // Who asks twice does not want to wait.
    if (ending) process.exit(1);
    ending = true;
    log('info', `${signal}: requests under way are finished; once more ends at once`);
    void running.end().then((clean) => process.exit(clean ? 0 : 1));
  };
  process.on('SIGTERM', end).on('SIGINT', end);
} else {
  process.stderr.write(`${parsed.problems.map(formatProblem).join('\n')}\n`);
  process.exitCode = 2;
}
