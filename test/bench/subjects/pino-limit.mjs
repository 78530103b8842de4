import { fileURLToPath } from 'node:url';
import { openPino } from './loggers.mjs';

export const open = ({ endpoint, options }) =>
  openPino({
    target: fileURLToPath(new URL('pino-limit-target.mjs', import.meta.url)),
    options: { ...options, endpoint },
  });
