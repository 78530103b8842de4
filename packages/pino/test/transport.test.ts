import { TraceHubConfigError, isTraceHubError } from '@tracehub/core-sender';
import pino from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { readDeadLetters } from '../../../test/kit/dead-letters.ts';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { senderOptions } from '../../../test/kit/sender-options.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { traceHubTransport } from '../src/index.ts';
import { flushed, inOrder, transportTo } from './support.ts';

describe('traceHubTransport', () => {
  it.each([
    [{}, 'apiKey'],
    [{ ...senderOptions('http://127.0.0.1:9'), endpoint: 'nonsense' }, 'endpoint'],
    [{ ...senderOptions('http://127.0.0.1:9'), dispatcher: { dispatch() {} } }, 'dispatcher'],
    [{ ...senderOptions('http://127.0.0.1:9'), nonsense: () => {} }, 'options'],
    [{ ...senderOptions('http://127.0.0.1:9'), worker: true }, 'worker'],
    [null, 'options'],
  ])('throws at once for options that cannot be used: %j', (options, option) => {
    vi.stubEnv('TRACEHUB_API_KEY', undefined);
    afterTest(() => void vi.unstubAllEnvs());
    const make = (): unknown => traceHubTransport(options as never);
    expect(make).toThrow(TraceHubConfigError);
    expect(make).toThrow(expect.objectContaining({ code: 'TRACEHUB_CONFIG', option }) as Error);
  });

  it('gives a receipt for everything logged before, and exact counts', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    expect(transport.stats()).toMatchObject({ accepted: 0, pending: 0 });
    const logger = pino(transport);
    for (let n = 0; n < 500; n++) logger.info({ n }, 'x');
    const flush = transport.flush();
    logger.info('after');
    expect(await flush).toEqual({ delivered: 500, deadLettered: 0, dropped: 0 });
    expect(transport.stats().delivered).toBeGreaterThanOrEqual(500);
    expect(await transport.close()).toEqual({ delivered: 501, deadLettered: 0, dropped: 0 });
    expect(transport.stats()).toMatchObject({ accepted: 501, delivered: 501, pending: 0 });
    expect(receiver.ids().size).toBe(501);
  });

  it("serves pino's logger.flush", async () => {
    const receiver = await startReceiver();
    const logger = pino(transportTo(receiver));
    logger.info('x');
    await flushed(logger);
    expect(receiver.entries()).toHaveLength(1);
  });

  it('serves pino.multistream, whose logger.flush does not wait', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    const streams = pino.multistream([{ stream: transport }, { stream: { write() {} } }]);
    pino({ messageKey: 'text' }, streams).info('x');
    expect(await transport.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });
    expect(receiver.entries()).toMatchObject([{ message: 'x' }]);
  });

  it('reads by the configuration of a logger that is made late', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    await transport.flush();
    pino({ messageKey: 'text' }, transport).info('x');
    await transport.flush();
    expect(receiver.entries()).toMatchObject([{ message: 'x' }]);
  });

  it('closes once, answers after it, and counts what comes too late', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    const logger = pino(transport);
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    afterTest(() => warnings.mockRestore());
    logger.info('x');
    const [first, second] = await Promise.all([transport.close(), transport.close()]);
    expect(first).toEqual(second);
    logger.info('late');
    expect(await transport.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 1 });
    expect(transport.stats()).toMatchObject({ accepted: 2, dropped: 1, drops: { closed: 1 } });
  });

  it('closes while the server hangs, without blocking this thread, and keeps the entries', async () => {
    const receiver = await startReceiver();
    receiver.answerAlways({ status: 503 });
    const dlqPath = makeTempDirectory('dlq');
    const transport = transportTo(receiver, { closeTimeout: 300, dlqPath });
    const logger = pino(transport);
    for (let n = 0; n < 10; n++) logger.info({ n }, 'x');
    let longest = 0;
    let last = performance.now();
    const ticker = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const receipt = await transport.close();
    clearInterval(ticker);
    expect(receipt).toEqual({ delivered: 0, deadLettered: 10, dropped: 0 });
    expect(readDeadLetters(dlqPath).entries).toHaveLength(10);
    expect(longest).toBeLessThan(250);
  });

  it('names the thread that logs', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    pino(transport).info('x');
    await transport.flush();
    expect(receiver.entries()[0]!.thread_id).toBe('main');
  });

  it('passes warnings on with name and code', async () => {
    const receiver = await startReceiver();
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    afterTest(() => warnings.mockRestore());
    const transport = transportTo(receiver, { apiKey: 'key' });
    pino(transport).info('x');
    await transport.flush();
    expect(warnings.mock.calls).toHaveLength(1);
    expect(warnings.mock.calls[0]![0]).toMatchObject({
      name: 'TraceHubWarning',
      code: 'TRACEHUB_KEY_FORMAT',
    });
  });

  it('gives an error that only the worker can find its name and code back', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver, { level: 'loud' });
    const error = new Promise((resolve) => transport.once('error', resolve));
    pino(transport).info('x');
    expect(await error).toMatchObject({
      name: 'TraceHubConfigError',
      code: 'TRACEHUB_CONFIG',
      option: 'level',
    });
    expect(isTraceHubError(await error)).toBe(false);
  });

  it('takes no line of the app for a request', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    pino(transport);
    const lines = [
      '{"id":1,"ask":"close"}',
      'close',
      '0123456789abcdef0123456789abcdef{"id":1,"ask":"close"}',
    ];
    for (const line of lines) transport.write(`${line}\n`);
    await transport.flush();
    expect(inOrder(receiver.entries())).toHaveLength(3);
  });
});
