import { describe, expect, it } from 'vitest';
import { inspectOptions } from '../src/options/resolve-options.ts';
import { LOCAL } from './resolving.ts';

describe('inspectOptions', () => {
  it('says where each value comes from', () => {
    const { sources, options } = inspectOptions(
      { endpoint: 'http://127.0.0.1:1', service: 'shop' },
      {
        TRACEHUB_API_KEY: 'th_key',
        TRACEHUB_SERVICE: 'other',
        OTEL_SERVICE_NAME: 'third',
        TRACEHUB_ENVIRONMENT: 'test',
      },
    );
    expect(options).toMatchObject({ apiKey: 'th_key', service: 'shop', timeout: 10_000 });
    expect(sources.endpoint).toEqual({ from: 'explicit' });
    expect(sources.service).toEqual({ from: 'explicit' });
    expect(sources.apiKey).toEqual({ from: 'environment', variable: 'TRACEHUB_API_KEY' });
    expect(sources.timeout).toEqual({ from: 'default' });
    expect(Object.keys(sources).toSorted()).toEqual(Object.keys(options).toSorted());
  });

  it('names the variable that was used where there are several', () => {
    const { sources } = inspectOptions(LOCAL, { OTEL_SERVICE_NAME: 'third' });
    expect(sources.service).toEqual({ from: 'explicit' });
    const { sources: without } = inspectOptions({ ...LOCAL, service: undefined } as never, {
      OTEL_SERVICE_NAME: 'third',
    });
    expect(without.service).toEqual({ from: 'environment', variable: 'OTEL_SERVICE_NAME' });
  });

  it('gathers everything that is wrong, in the order in which resolveOptions would meet it', () => {
    const { problems, options, sources } = inspectOptions(
      { timeout: 5, endpoint: 'nowhere', apiKey: 'th_key' },
      {},
    );
    expect(problems.map(({ option }) => option)).toEqual(['endpoint', 'timeout', 'service', 'environment']);
    expect(problems[1]?.message).toContain('were seconds meant');
    expect(options.timeout).toBe(10_000);
    expect(sources.timeout).toEqual({ from: 'default' });
  });

  it('has the environment’s own source stand aside when its value cannot be used', () => {
    const { sources, warnings } = inspectOptions(LOCAL as never, { TRACEHUB_ENABLED: 'perhaps' });
    expect(sources.enabled).toEqual({ from: 'default' });
    expect(warnings.map(({ code }) => code)).toContain('TRACEHUB_ENVIRONMENT');
  });
});
