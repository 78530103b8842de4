import { afterEach, describe, expect, it } from 'vitest';
import { clearTraceId, getTraceId, runWithTraceId, setTraceId, traceHeaders } from '../src/trace.ts';

// The real @opentelemetry/api is met in test/e2e/open-telemetry.test.ts; here is what no real one would leave there.
const API_KEY = Symbol.for('opentelemetry.js.api.1');
const shared = globalThis as { [API_KEY]?: unknown };

afterEach(() => {
  delete shared[API_KEY];
});

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';

/** OpenTelemetry's global, with a span that has this id. */
function withSpan(traceId: unknown): unknown {
  const span = { spanContext: () => ({ traceId }) };
  const key = Symbol.for('OpenTelemetry Context Key SPAN');
  return { context: { active: () => ({ getValue: (asked: symbol) => (asked === key ? span : undefined) }) } };
}

function fail(): never {
  throw new Error('not ready');
}

describe("an OpenTelemetry span's trace id", () => {
  it('stands in where there is no other', async () => {
    shared[API_KEY] = withSpan(ID);
    expect([getTraceId(), traceHeaders()]).toEqual([ID, { 'X-Trace-ID': ID }]);
    expect(runWithTraceId('own', getTraceId)).toBe('own');
    const inside = (async (): Promise<unknown[]> => {
      await Promise.resolve();
      setTraceId('set');
      const set = getTraceId();
      clearTraceId();
      return [set, getTraceId(), traceHeaders()];
    })();
    expect(await inside, 'cleared is cleared').toEqual(['set', undefined, {}]);
    expect(getTraceId()).toBe(ID);
  });

  it.each<[string, unknown]>([
    ['zeros', '0'.repeat(32)],
    ['upper case', ID.toUpperCase()],
    ['31 digits', ID.slice(1)],
    ['33 digits', `${ID}0`],
    ['a line feed', `${ID}\n`],
    ['a number', 5],
    ['nothing', undefined],
    ['an object', { toString: () => ID }],
  ])('is none if it is %s', (_, traceId) => {
    shared[API_KEY] = withSpan(traceId);
    expect(getTraceId()).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 5],
    ['an empty object', {}],
    ['a context that is null', { context: null }],
    ['a context without active()', { context: {} }],
    ['active() that throws', { context: { active: fail } }],
    ['active() without a context', { context: { active: () => undefined } }],
    ['a context without getValue()', { context: { active: () => ({}) } }],
    ['no span', { context: { active: () => ({ getValue: () => undefined }) } }],
    ['a span that is text', { context: { active: () => ({ getValue: () => 'span' }) } }],
    [
      'spanContext() that throws',
      { context: { active: () => ({ getValue: () => ({ spanContext: fail }) }) } },
    ],
    ['a context of a getter that throws', Object.defineProperty({}, 'context', { get: fail })],
    ['a hostile Proxy', new Proxy({}, { get: fail })],
  ])('is none, and nothing is thrown, if there is %s', (_, found) => {
    shared[API_KEY] = found;
    expect(getTraceId()).toBeUndefined();
  });
});
