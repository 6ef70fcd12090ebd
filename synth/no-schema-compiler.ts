/**
 * zod compiles a schema into code when it is first used, which pays for itself after some hundred values. A synthesis parses
 * each schema three times. To be imported before any schema.
 */
import { config } from 'zod';

config({ jitless: true });
