import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TraceHubConfigError, withFlush } from '../src/index.ts';

/** A logger whose flush takes `ms`; `flushes` counts those that are done. */
function slowLogger(ms = 20): { flushes: number; flush(): Promise<void> } {
  const logger = {
    flushes: 0,
    async flush() {
      await sleep(ms);
      logger.flushes++;
    },
  };
  return logger;
}

/** The warnings of this family that are given until the test ends. */
function warningsSeen(): { code: string; message: string }[] {
  const seen: { code: string; message: string }[] = [];
  const onWarning = (warning: Error & { code?: string }): void => {
    if (warning.name === 'TraceHubWarning') seen.push({ code: warning.code ?? '', message: warning.message });
  };
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  return seen;
}

describe('the answer', () => {
  it('is the result of an async handler, after the flush', async () => {
    const logger = slowLogger();
    const handler = withFlush(async (event: string) => `${event} answered`, logger);
    const answer: Promise<string> = handler('ping');
    expect(await answer.then((text) => [text, logger.flushes])).toEqual(['ping answered', 1]);
  });

  it('is the result of a handler that gives no promise', async () => {
    const logger = slowLogger();
    const answer: Promise<number> = withFlush((event: number) => event + 1, logger)(1);
    expect([await answer, logger.flushes]).toEqual([2, 1]);
  });

  it('is the very error of a handler that rejects or throws, after the flush', async () => {
    const logger = slowLogger();
    const error = new Error('out of stock');
    const rejecting = withFlush(() => Promise.reject(error), logger);
    const throwing = withFlush(() => {
      throw error;
    }, logger) as () => Promise<never>;
    await expect(rejecting()).rejects.toBe(error);
    await expect(throwing()).rejects.toBe(error);
    expect(logger.flushes).toBe(2);
  });

  it.each<[what: string, event: unknown]>([
    ['a number', { getRemainingTimeInMillis: 5 }],
    [
      'a function that throws',
      {
        getRemainingTimeInMillis: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'a getter that throws',
      {
        get getRemainingTimeInMillis(): never {
          throw new Error('no');
        },
      },
    ],
  ])('is not changed by an event with %s for the time left', async (_what, event) => {
    const logger = slowLogger();
    expect(await withFlush(async (_event: unknown) => 'answered', logger)(event)).toBe('answered');
    const byCallback = withFlush(
      (_event: unknown, _context: unknown, answer: (result: string) => void): void => answer('called'),
      logger,
    );
    expect(await new Promise((resolve) => byCallback(event, {}, resolve))).toBe('called');
    expect(logger.flushes).toBe(2);
  });

  it('goes through the callback of a handler that has one, after the flush', async () => {
    const logger = slowLogger();
    type Answer = (error: Error | null, result?: string) => void;
    const handler = withFlush((event: string, _context: object, answer: Answer): void => {
      setTimeout(() => (event === 'bad' ? answer(new Error('bad')) : answer(null, event)), 5);
    }, logger);
    const ask = (event: string): Promise<unknown[]> =>
      new Promise((resolve) => {
        expect(handler(event, {}, (...answer) => resolve([...answer, logger.flushes]))).toBeUndefined();
      });
    expect(await ask('good')).toEqual([null, 'good', 1]);
    expect(await ask('bad')).toEqual([new Error('bad'), 2]);
  });

  it('leaves what the callback throws to the process', async () => {
    const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
    const listeners = process.listeners('uncaughtException').slice(0, -1);
    for (const listener of listeners) process.off('uncaughtException', listener);
    onTestFinished(() => {
      for (const listener of listeners) process.on('uncaughtException', listener);
    });
    const handler = withFlush(
      (_event: object, _context: object, answer: () => void) => answer(),
      slowLogger(),
    );
    handler({}, {}, () => {
      throw new Error('of the callback');
    });
    expect(await thrown).toEqual(new Error('of the callback'));
  });

  it('is a promise where Lambda gives a callback that the handler does not declare', async () => {
    const logger = slowLogger();
    const handler = withFlush((..._all: unknown[]) => 'result', logger);
    expect([await handler({}, {}, () => {}), logger.flushes]).toEqual(['result', 1]);
  });

  it('streams: the mark of a streaming handler stays, its stream is ended by itself', async () => {
    const logger = slowLogger();
    const mark = Symbol.for('aws.lambda.runtime.handler.streaming');
    const streaming = Object.assign(
      async (_event: object, stream: string[], _context: object) => void stream.push('chunk'),
      { [mark]: 'response' },
    );
    const handler = withFlush(streaming, logger);
    const stream: string[] = [];
    await handler({}, stream, { getRemainingTimeInMillis: () => 3_000 });
    expect([stream, logger.flushes, (handler as unknown as typeof streaming)[mark]]).toEqual([
      ['chunk'],
      1,
      'response',
    ]);
  });

  it('keeps `this`, so that a method can be wrapped', async () => {
    const service = {
      name: 'shop',
      ask: withFlush(async function ask(this: { name: string }) {
        return this.name;
      }, slowLogger()),
    };
    expect(await service.ask()).toBe('shop');
  });
});

describe('the flush', () => {
  it('is of every logger, of those that call back too', async () => {
    const logger = slowLogger();
    let calledBack = 0;
    const pinoLogger = {
      flush(callback?: (error?: Error) => void): void {
        setTimeout(() => callback?.(), 10);
        calledBack++;
      },
    };
    await withFlush(async () => {}, [logger, pinoLogger])();
    expect([logger.flushes, calledBack]).toEqual([1, 1]);
  });

  it('never changes the answer when it fails: each way is warned of, the other loggers are flushed', async () => {
    const seen = warningsSeen();
    const logger = slowLogger();
    const failing = [
      { flush: () => Promise.reject(new Error('first')) },
      {
        flush(): void {
          throw new Error('second');
        },
      },
      { flush: (callback?: (error?: Error) => void) => callback?.(new Error('third')) },
    ];
    for (const one of failing) {
      expect(await withFlush(async () => 'answer', [one, logger])()).toBe('answer');
    }
    await sleep(0);
    expect(logger.flushes).toBe(3);
    expect(seen).toEqual(
      ['first', 'second', 'third'].map((text) => ({
        code: 'TRACEHUB_FLUSH',
        message: `logs could not be flushed: ${text}`,
      })),
    );
  });

  it('is waited for no longer than timeout, and warned of', async () => {
    const seen = warningsSeen();
    const never = { flush: () => new Promise<void>(() => {}) };
    expect(await withFlush(async () => 'answer', never, { timeout: 30 })()).toBe('answer');
    await sleep(0);
    expect(seen).toEqual([{ code: 'TRACEHUB_FLUSH', message: 'not all logs were sent within 30 ms' }]);
  });

  it('is waited for no longer than 100 ms before the platform stops the invocation', async () => {
    const seen = warningsSeen();
    const never = { flush: () => new Promise<void>(() => {}) };
    const handler = withFlush(async (_event: object, _context: object) => 'answer', never);
    await handler({}, { getRemainingTimeInMillis: () => 130 });
    await handler({}, { getRemainingTimeInMillis: () => 40 });
    await sleep(0);
    expect(seen).toEqual([{ code: 'TRACEHUB_FLUSH', message: 'not all logs were sent within 30 ms' }]);
  });

  it('has no timer left when it was quick', async () => {
    const active = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = active();
    await withFlush(async () => {}, { flush: async () => {} })();
    expect(active()).toBe(before);
  });
});

describe('what is refused when wrapping', () => {
  const handler = async (): Promise<void> => {};
  const logger = slowLogger();
  it.each([
    ['no handler', () => withFlush('handler' as never, logger)],
    ['nothing to flush', () => withFlush(handler, [])],
    ['what has no flush', () => withFlush(handler, { stream: logger } as never)],
    ['no list', () => withFlush(handler, undefined as never)],
    ['a time of seconds', () => withFlush(handler, logger, { timeout: 2 })],
    ['no time', () => withFlush(handler, logger, { timeout: Number.NaN })],
  ])('%s', (_what, wrap) => {
    expect(wrap).toThrow(TraceHubConfigError);
  });

  it('asks whether seconds were meant', () => {
    expect(() => withFlush(handler, logger, { timeout: 2 })).toThrow(
      'option timeout must be a whole number of at least 10, in milliseconds (were seconds meant?), got 2',
    );
  });
});
