import { openPino } from './loggers.mjs';
import { senderOptions } from './tracehub.mjs';

export const open = (opening) => openPino({ target: '@tracehub/pino', options: senderOptions(opening) });
