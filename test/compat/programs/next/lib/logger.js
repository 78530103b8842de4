import { traceHubTransport } from '@tracehub/pino';
import pino from 'pino';

const transport = traceHubTransport({ service: 'shop', environment: 'next', closeOnSignal: ['SIGTERM'] });
export const logger = pino(transport);
