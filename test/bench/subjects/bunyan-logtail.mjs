import { LogtailStream } from '@logtail/bunyan';
import { Logtail } from '@logtail/node';
import { logtailOptions } from './logtail.mjs';
import { bunyanOn } from './loggers.mjs';

export function open(opening) {
  const logtail = new Logtail('bench', logtailOptions(opening));
  return { ...bunyanOn({ stream: new LogtailStream(logtail) }), close: () => logtail.flush() };
}
