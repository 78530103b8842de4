import { fileURLToPath } from 'node:url';
import { openPino } from './loggers.mjs';

export const open = () =>
  openPino({ target: fileURLToPath(new URL('pino-floor-target.mjs', import.meta.url)) });
