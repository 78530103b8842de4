import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { traceHubStream as bunyanStream } from '@tracehub/bunyan';
import { type SenderOptions, type Stats, createSender } from '@tracehub/core-sender';
import { TraceHubLogger } from '@tracehub/logger';
import { traceHubStream, traceHubTransport, traceMixin } from '@tracehub/pino';
import { TraceHubTransport } from '@tracehub/winston';
import bunyan from 'bunyan';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import winston from 'winston';
import { seed, size } from '../crash/kit/size.ts';
import { afterTest } from '../kit/after-test.ts';
import { readDeadLetters } from '../kit/dead-letters.ts';
import { entryViolations } from '../kit/entry-validator.ts';
import { type Plan, respond, startFaultServer } from '../kit/fault-server.ts';
import { HARMLESS, corpusCases, logHostile } from '../kit/hostile-run.ts';
import { hostileRecords, hostileValues } from '../kit/hostile-values.ts';
import { watchLedger } from '../kit/ledger-check.ts';
import { makeLoggerPair, pairNames } from '../kit/logger-pairs.ts';
import { startReceiver } from '../kit/receiver.ts';
import { senderOptions } from '../kit/sender-options.ts';

const SECRET = 'hunter2-4711';
const CENSOR = '[REDACTED]';
const redact = [
  'user.password',
  '*.token',
  'items[*].card',
  'extra.pin',
  'err.token',
  'err.config.headers.authorization',
  'err.cause.token',
];
/** Paths into most of the hostile values. */
const hostileRedact = [...redact, 'value.*', '*.*.password'];

/** A logger on our transport. */
interface Subject {
  log(level: 'info' | 'error', fields: object, message: string): void;
  /** Logs the error and nothing else. */
  fail(error: Error): void;
  stats(): Stats;
  close(): Promise<unknown>;
}

const subjects: Record<string, (options: ReturnType<typeof senderOptions>) => Subject> = {
  'pino in its worker': (options) => pinoSubject(traceHubTransport(options)),
  'pino in process': (options) => pinoSubject(traceHubStream(options)),
  'pino with the mixin': (options) => pinoSubject(traceHubTransport(options), { mixin: traceMixin }),
  winston(options) {
    const transport = new TraceHubTransport(options);
    const logger = winston.createLogger({ transports: [transport] });
    return {
      log: (level, fields, message) => void logger[level](message, fields),
      fail: (error) => void logger.error(error),
      stats: () => transport.stats(),
      close: () => transport.close(),
    };
  },
  bunyan(options) {
    const entry = bunyanStream(options);
    const logger = bunyan.createLogger({ name: 'app', streams: [entry as unknown as bunyan.Stream] });
    return {
      log: (level, fields, message) => logger[level](fields, message),
      fail: (error) => logger.error(error),
      stats: () => entry.stream.stats(),
      close: () => entry.stream.close(),
    };
  },
  TraceHubLogger(options) {
    const logger = new TraceHubLogger(options);
    return {
      log: (level, fields, message) => logger[level](message, fields),
      fail: (error) => logger.error(error),
      stats: () => logger.stats(),
      close: () => logger.close(),
    };
  },
};
for (const name of ['winston', 'bunyan', 'TraceHubLogger']) {
  subjects[`${name} with a worker`] = (options) => subjects[name]!({ ...options, worker: true });
}

function pinoSubject(
  destination: ReturnType<typeof traceHubTransport | typeof traceHubStream>,
  config: pino.LoggerOptions = {},
): Subject {
  const logger = pino({ formatters: { bindings: () => ({}) }, ...config }, destination);
  return {
    log: (level, fields, message) => logger[level](fields, message),
    fail: (error) => logger.error(error),
    stats: () => destination.stats(),
    close: () => destination.close(),
  };
}

function fields(): object {
  return {
    user: { password: SECRET, id: 7 },
    session: { token: { inner: [SECRET] }, n: 1 },
    items: [{ card: SECRET, sku: 'a' }],
    extra: { pin: SECRET, note: 'n' },
  };
}

const SAFE = {
  user: { password: CENSOR, id: 7 },
  session: { token: CENSOR, n: 1 },
  items: [{ card: CENSOR, sku: 'a' }],
  pin: CENSOR,
  note: 'n',
};

function failure(): Error {
  const cause = Object.assign(new Error('inner'), { token: SECRET });
  const config = { headers: { authorization: SECRET, host: 'h' } };
  return Object.assign(new Error('outer', { cause }), { token: SECRET, config, code: 'E_OUTER' });
}

const REFUSED = 'refused for good';
const DAMAGED = 'damaged on disk';

const refusing: Plan = {
  onWhole: ({ entries }) => (entries.some(({ message }) => message === REFUSED) ? [respond(400)] : undefined),
};

describe.each(Object.entries(subjects))('through %s', (_name, make) => {
  it('no byte on disk or wire and no word of ours tells a redacted value', async () => {
    const said = listen();
    const server = await startFaultServer({ plan: refusing });
    const options = senderOptions(server.url, { redact, durable: true, maxRetries: 0, timeout: 2_000 });
    const { dlqPath } = options;
    await server.stop();

    const subject = make(options);
    watchLedger('the logger', subject);
    afterTest(async () => void (await subject.close()));
    for (const message of ['signed in', REFUSED, DAMAGED]) subject.log('info', fields(), message);
    subject.log('error', { err: failure() }, 'failed');
    subject.log('info', { user: new Map([['password', SECRET]]) }, 'a map');
    subject.log('info', { user: { toJSON: () => ({ password: SECRET }) } }, 'the last');
    // What `durable` writes lies there before any attempt.
    while (!filesBelow(dlqPath).some((file) => readFileSync(file).includes('the last'))) await sleep(5);
    expect(leaks(dlqPath)).toEqual([]);
    await subject.close();
    expect(subject.stats()).toMatchObject({ accepted: 6, deadLettered: 6 });
    expect(readDeadLetters(dlqPath).entries).toHaveLength(6);
    expect(leaks(dlqPath)).toEqual([]);

    damage(dlqPath);
    await server.restart();
    const restarted = createSender(options, { sdkVersion: 'restart/0.0.0' });
    watchLedger('the restarted sender', restarted);
    await server.waitForStored(4);
    while (restarted.stats().replayed < 4 || readDeadLetters(dlqPath).rejected.length < 1) await sleep(5);
    await restarted.close();

    const stored = server.stored();
    expect(stored).toHaveLength(4);
    expect(stored.flatMap((entry) => entryViolations(entry))).toEqual([]);
    expect(stored.find(({ message }) => message === 'signed in')?.extra).toMatchObject(SAFE);
    expect(stored.find(({ message }) => message === 'failed')).toMatchObject({
      error_type: 'Error',
      extra: {
        error: { token: CENSOR, config: { headers: { authorization: CENSOR, host: 'h' } }, code: 'E_OUTER' },
      },
    });
    const { rejected } = readDeadLetters(dlqPath);
    expect(rejected).toMatchObject([{ message: REFUSED, extra: SAFE }]);
    expect(filesBelow(dlqPath).filter((file) => file.includes('quarantine'))).toHaveLength(1);
    expect(leaks(dlqPath)).toEqual([]);
    expect(JSON.stringify(server.requests)).toContain(CENSOR);
    expect(JSON.stringify(server.requests)).not.toContain(SECRET);
    expect(said()).toContain('TRACEHUB_REJECTED');
    expect(said()).toContain('TRACEHUB_DLQ_DAMAGED');
    expect(said()).not.toContain(SECRET);
  });
});

describe('an error as the only argument', () => {
  it.each(Object.entries(subjects))('loses what the paths name, message included: %s', async (name, make) => {
    const server = await startFaultServer();
    const paths = ['err.message', 'err.token', 'err.cause.token'];
    const subject = make(senderOptions(server.url, { redact: paths }));
    watchLedger('the logger', subject);
    afterTest(async () => void (await subject.close()));
    const error = Object.assign(failure(), { message: SECRET, config: undefined });
    error.stack = error.stack!.replace('outer', SECRET);
    subject.fail(error);
    await subject.close();
    expect(server.stored()).toMatchObject([{ error_type: 'Error', error_message: CENSOR, message: CENSOR }]);
    expect(server.stored()[0]?.stack_trace).toContain('redact.test.ts');
    expect(JSON.stringify(server.requests), name).not.toContain(SECRET);
  });
});

describe('a cause', () => {
  const failed = (): Error =>
    new Error('outer', { cause: new Error('middle', { cause: new Error(SECRET) }) });

  it.each(Object.entries(subjects))('is lost with its text in all columns: %s', async (name, make) => {
    for (const path of ['err.cause', 'err.cause.cause', 'err.cause.cause.message', '*.cause.cause.message']) {
      const server = await startFaultServer();
      const subject = make(senderOptions(server.url, { redact: [path] }));
      watchLedger('the logger', subject);
      afterTest(async () => void (await subject.close()));
      subject.log('error', { err: failed() }, 'failed');
      await subject.close();
      expect(server.stored(), path).toMatchObject([{ error_message: 'outer' }]);
      expect(server.stored()[0]?.stack_trace, path).toContain('redact.test.ts');
      expect(JSON.stringify(server.requests), `${name}: ${path}`).not.toContain(SECRET);
    }
  });
});

describe('a line of pino that is no JSON', () => {
  it.each(['pino in its worker', 'pino in process'])(
    'is withheld, since no path finds anything in it: %s',
    async (name) => {
      const server = await startFaultServer();
      const subject = subjects[name]!(senderOptions(server.url, { redact }));
      watchLedger('the logger', subject);
      afterTest(async () => void (await subject.close()));
      // pino writes `"msg":undefined`.
      subject.log('info', fields(), Symbol('no text') as unknown as string);
      await subject.close();
      expect(server.stored()).toMatchObject([
        { level: 'INFO', message: expect.stringContaining('not sent') },
      ]);
      expect(JSON.stringify(server.requests)).not.toContain(SECRET);
    },
  );
});

describe('an error that is not under the usual key', () => {
  const leaking = (): Error => Object.assign(new Error(SECRET), { password: SECRET, code: 'E_OUTER' });
  const all = Object.entries(subjects).filter(([name]) => !name.startsWith('pino in'));

  it.each<[where: string, fields: () => object, names: string[]]>([
    ['error', () => ({ error: leaking() }), ['error.password', 'error.message']],
    ['exception', () => ({ exception: leaking() }), ['exception.password', 'exception.message']],
    ['ctx.e', () => ({ ctx: { e: leaking() } }), ['ctx.e.password', 'ctx.e.message']],
  ])('loses what the paths name of %s', async (_where, fields, paths) => {
    for (const [name, make] of all) {
      const server = await startFaultServer();
      const subject = make(senderOptions(server.url, { redact: paths }));
      watchLedger('the logger', subject);
      afterTest(async () => void (await subject.close()));
      subject.log('error', fields(), 'failed');
      await subject.close();
      expect(server.stored(), name).toMatchObject([
        { error_message: CENSOR, extra: { error: { password: CENSOR, code: 'E_OUTER' } } },
      ]);
      expect(JSON.stringify(server.requests), name).not.toContain(SECRET);
    }
  });
});

describe('the sender', () => {
  function start(options: SenderOptions, dlqPath?: string) {
    const sender = createSender(
      { ...senderOptions(options.endpoint ?? '', dlqPath === undefined ? {} : { dlqPath }), ...options },
      { sdkVersion: 'test/0.0.0' },
    );
    watchLedger('the sender', sender);
    afterTest(async () => void (await sender.close()));
    return sender;
  }

  it('says nothing of what it drops', async () => {
    const said = listen();
    const server = await startFaultServer();
    const sender = start({ endpoint: server.url, redact: ['*'], maxBuffer: 1, rateLimit: 5 });
    for (let count = 0; count < 20; count++) {
      sender.send({ level: 'INFO', message: 'm', fields: { password: SECRET, extra: { password: SECRET } } });
    }
    await sender.close();
    expect(sender.stats().drops['rate-limit']).toBe(15);
    const notices = server.stored().filter(({ module }) => module === 'tracehub');
    // What the sender itself says is no record of the app's: no path takes anything out of it.
    expect(notices.map(({ extra }) => extra)).toContainEqual(
      expect.objectContaining({ tracehub_dropped: expect.objectContaining({ 'rate-limit': 15 }) as unknown }),
    );
    expect(JSON.stringify(server.requests)).not.toContain(SECRET);
    expect(said()).not.toContain(SECRET);
  });

  it('takes every hostile value', async () => {
    const server = await startFaultServer();
    const sender = start({ endpoint: server.url, redact: hostileRedact });
    const values = [...hostileValues, ...hostileRecords];
    for (const [index, { make }] of values.entries()) {
      const value = make(() => {});
      const record = typeof value === 'object' && value !== null ? value : { value };
      sender.send({ level: 'ERROR', message: value, error: value, fields: record });
      const fields = { value, extra: value, err: value, user: { password: SECRET } };
      sender.send({ level: 'WARN', message: 'field', fields, time: value });
      if (index % 20 === 0) await sender.flush();
    }
    await sender.close();
    const entries = server.stored();
    expect(sender.stats()).toMatchObject({ accepted: values.length * 2, delivered: values.length * 2 });
    expect(entries).toHaveLength(values.length * 2);
    expect(entries.flatMap((entry) => entryViolations(entry))).toEqual([]);
    expect(JSON.stringify(entries)).not.toContain(SECRET);
  });
});

describe('every hostile value', () => {
  it.each(pairNames.filter((name) => name !== 'core-sender'))(`is taken (seed ${seed}): %s`, async (name) => {
    const receiver = await startReceiver();
    const pair = makeLoggerPair(name, receiver.url, { redact: hostileRedact });
    // Another third with each run: all of them without redaction, and at full size with it, are the hostile lane's.
    const cases = corpusCases(pair).filter((_, index) => index % size(3, 1) === seed % size(3, 1));
    expect(await logHostile(pair, receiver, cases)).toEqual(HARMLESS);
    await pair.close();
    const sent = JSON.stringify(receiver.entries());
    expect(sent).toContain(`"${CENSOR}"`);
    // Said of a record of which only the message is left.
    expect(sent).not.toContain('tracehub_withheld');
  });
});

/** All that is said to the app from now on: its warnings, and what the channels tell. */
function listen(): () => string {
  const said: unknown[] = [];
  const onWarning = ({ message, code }: NodeJS.ErrnoException): void => void said.push(code, message);
  const onMessage = (message: unknown): void => void said.push(message);
  const channels = ['batch.delivered', 'batch.retry', 'batch.dead-lettered', 'entry.dropped', 'gate'];
  process.on('warning', onWarning);
  for (const name of channels) subscribe(`tracehub.${name}`, onMessage);
  afterTest(() => {
    process.off('warning', onWarning);
    for (const name of channels) unsubscribe(`tracehub.${name}`, onMessage);
  });
  return () => JSON.stringify(said);
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));
}

/** Files that hold the secret. */
function leaks(directory: string): string[] {
  return filesBelow(directory).filter((file) => readFileSync(file).includes(SECRET));
}

/** Changes a letter of one dead letter, so that its file goes into quarantine. */
function damage(directory: string): void {
  for (const file of filesBelow(directory)) {
    const text = readFileSync(file, 'utf8');
    if (text.includes(DAMAGED)) writeFileSync(file, text.replace(DAMAGED, 'DAMAGED on disk'));
  }
}
