import { Logtail } from '@logtail/node';
import { LogtailTransport } from '@logtail/winston';
import { logtailOptions } from './logtail.mjs';
import { winstonOn } from './loggers.mjs';

export function open(opening) {
  const logtail = new Logtail('bench', logtailOptions(opening));
  return { ...winstonOn(new LogtailTransport(logtail)), close: () => logtail.flush() };
}
