import { TraceHubTransport } from '@tracehub/winston';
import winston from 'winston';
import { printTimeToExit } from './logger.mjs';

const transport = new TraceHubTransport({ apiKey: 'th_test', service: 'shop', environment: 'test' });
winston.createLogger({
  transports: [new winston.transports.Console({ silent: true })],
  exceptionHandlers: [transport],
});
setTimeout(() => {
  printTimeToExit();
  throw new TypeError('handler caught this');
}, 10);
