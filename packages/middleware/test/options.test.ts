import { isTraceHubError } from '@tracehub/core-sender';
import { describe, expect, it } from 'vitest';
import { traceHub as express } from '../src/express.ts';
import { traceHub as hono } from '../src/hono.ts';
import { withTraceHub } from '../src/http.ts';
import { traceHub as koa } from '../src/koa.ts';
import { resolveOptions } from '../src/options.ts';

function thrownBy(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (error) {
    return error;
  }
}

describe('a bad option', () => {
  it.each<[string, unknown, string, string]>([
    ['null', null, 'options', 'options must be an object, got null'],
    ['a function', () => {}, 'options', 'options must be an object, got function'],
    ['a path without slash', { ignore: 'health' }, 'ignore', 'got "health"'],
    ['a number to ignore', { ignore: 5 }, 'ignore', 'a path that starts with /, a RegExp, a function'],
    ['a list with a number', { ignore: ['/health', 5] }, 'ignore', 'got number'],
    ['nothing to ignore', { ignore: null }, 'ignore', 'got null'],
    ['a logger as log', { log: { info() {} } }, 'log', 'option log must be a function, got object'],
  ])('%s is refused by name', (_, options, option, text) => {
    const error = thrownBy(() => resolveOptions(options as never));
    expect(isTraceHubError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'TRACEHUB_CONFIG', option });
    expect((error as Error).message).toContain(text);
  });

  it.each([
    ['express', express],
    ['koa', koa],
    ['hono', hono],
    ['http', (options: never) => withTraceHub(() => {}, options)],
  ])('is refused by %s at once', (_, make) => {
    expect(() => make({ log: 'yes' } as never)).toThrow(expect.objectContaining({ option: 'log' }));
  });
});

describe('ignore', () => {
  it.each<[unknown, string, boolean]>([
    ['/health', '/health', true],
    ['/health', '/health/live', false],
    [/^\/static\//, '/static/a.js', true],
    [/b/y, '/b', false],
    [[], '/', false],
  ])('%s for %s: %s', (ignore, path, expected) => {
    expect(resolveOptions({ ignore } as never).isIgnored(path)).toBe(expected);
  });

  it('by a function that throws ignores nothing', () => {
    const settings = resolveOptions({
      ignore: () => {
        throw new Error('no');
      },
    });
    expect(settings.isIgnored('/')).toBe(false);
  });
});
