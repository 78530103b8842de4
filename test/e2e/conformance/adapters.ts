import { traceHubStream as bunyanStream } from '@tracehub/bunyan';
import type { Receipt, Stats } from '@tracehub/core-sender';
import { TraceHubLogger } from '@tracehub/logger';
import { traceHubStream, traceHubTransport, traceMixin } from '@tracehub/pino';
import { TraceHubTransport } from '@tracehub/winston';
import bunyan from 'bunyan';
import pino from 'pino';
import winston from 'winston';
import type { TestOptions } from '../../kit/sender-options.ts';
import { type Call, fieldsOf, messageAndValues } from './call.ts';

/** The sender's own verbs, under whichever object of the adapter they are. */
interface Verbs {
  stats(): Stats;
  flush(): Promise<Receipt>;
  close(): Promise<Receipt>;
}

/** A way to TraceHub. */
export interface Adapter {
  name: AdapterName;
  /** What `sdk_version` starts with. */
  sdk: string;
  /** Makes a logger set up for calls like this one. */
  open(options: TestOptions, like?: Call): OpenLogger;
}

/** A logger on its adapter. */
export interface OpenLogger {
  log: (call: Call) => void;
  verbs: Verbs;
}

type Logger = 'winston' | 'bunyan' | 'TraceHubLogger';
export type AdapterName = 'pino worker' | 'pino in-process' | Logger | `${Logger} worker`;

/** Any method of a logger that logs. */
type LogMethod = (...parameters: readonly unknown[]) => void;

interface FieldsFirstLogger {
  child(bindings: object): object;
}

/** The method for the level of the call. */
function method(logger: object, { level = 'info' }: Call): LogMethod {
  return (logger as Record<string, LogMethod>)[level]!.bind(logger);
}

export const adapters: readonly Adapter[] = [
  { name: 'pino worker', sdk: 'pino', open: (options, like) => openPino(traceHubTransport(options), like) },
  { name: 'pino in-process', sdk: 'pino', open: (options, like) => openPino(traceHubStream(options), like) },
  { name: 'winston', sdk: 'winston', open: openWinston },
  { name: 'bunyan', sdk: 'bunyan', open: openBunyan },
  { name: 'TraceHubLogger', sdk: 'logger', open: openLogger },
  { name: 'winston worker', sdk: 'winston', open: inWorker(openWinston) },
  { name: 'bunyan worker', sdk: 'bunyan', open: inWorker(openBunyan) },
  { name: 'TraceHubLogger worker', sdk: 'logger', open: inWorker(openLogger) },
];

function inWorker(open: Adapter['open']): Adapter['open'] {
  return (options, like) => open({ ...options, worker: true }, like);
}

/** Levels of the app's own, as pino and bunyan count. */
const OWN_LEVELS = { audit: 35, panic: 70 };

function openPino(
  destination: ReturnType<typeof traceHubStream> | ReturnType<typeof traceHubTransport>,
  like?: Call,
): OpenLogger {
  const config: pino.LoggerOptions<'audit' | 'panic'> = {
    level: 'trace',
    customLevels: OWN_LEVELS,
    mixin: traceMixin,
    ...(like?.isLevelNamed ? { formatters: { level: (label) => ({ level: label }) } } : {}),
  };
  const logger = pino(config, destination);
  return { log: (call) => logFieldsFirst(logger, call), verbs: destination };
}

function openBunyan(options: TestOptions): OpenLogger {
  const entry = bunyanStream(options);
  const { stream } = entry;
  // bunyan will not be without a name.
  const logger = bunyan.createLogger({ name: 'app', streams: [entry as unknown as bunyan.Stream] });
  return { log: (call) => logFieldsFirst(logger, withNumber(call)), verbs: stream };
}

/** bunyan has no names for levels of the app's own; they are numbers in the fields. */
function withNumber({ level, fields, ...rest }: Call): Call {
  if (level === 'audit' || level === 'panic')
    return { ...rest, fields: { ...fields, level: OWN_LEVELS[level] } };
  return { ...rest, ...(level && { level }), ...(fields && { fields }) };
}

/** As pino and bunyan are called: `info(fields, message, ...values)`. */
function logFieldsFirst(logger: FieldsFirstLogger, call: Call): void {
  const target = call.bindings ? logger.child(call.bindings) : logger;
  const fields = fieldsOf(call, 'time');
  const parameters = messageAndValues(call);
  if (fields) parameters.unshift(fields);
  method(target, call)(...parameters);
}

/** npm's has no `fatal`, no `trace` and no level of the app's own. */
const WINSTON_LEVELS = { panic: 0, fatal: 1, error: 2, warn: 3, audit: 4, info: 5, debug: 6, trace: 7 };

function openWinston(options: TestOptions, like?: Call): OpenLogger {
  const transport = new TraceHubTransport(options);
  const { format } = winston;
  const logger = winston.createLogger({
    level: 'trace',
    levels: WINSTON_LEVELS,
    // Its own documentation: needed for values in a message.
    ...(like?.values ? { format: format.combine(format.splat(), format.json()) } : {}),
    transports: [transport],
  });
  return {
    log(call) {
      const target = call.bindings ? logger.child(call.bindings) : logger;
      const parameters = messageAndValues(call);
      const fields = fieldsOf(call, 'timestamp');
      if (fields) parameters.push(fields);
      (target.log as LogMethod)(call.level ?? 'info', ...parameters);
    },
    verbs: transport,
  };
}

function openLogger(options: TestOptions): OpenLogger {
  const logger = new TraceHubLogger(options);
  return {
    log(call) {
      const target = call.bindings ? logger.child(call.bindings as { module: string }) : logger;
      const parameters = messageAndValues(call);
      const fields = fieldsOf(call, 'time');
      if (fields) parameters.push(fields);
      method(target, call)(...parameters);
    },
    verbs: logger,
  };
}
