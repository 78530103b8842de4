import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import * as trace from '../src/trace.ts';

const { clearTraceId, getTraceId, isTraceId, runWithTraceId, setTraceId, traceHeaders } = trace;

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a trace id', () => {
  it('holds in everything its function starts, and ends with it', async () => {
    expect(getTraceId()).toBeUndefined();
    const inside = await runWithTraceId('a', async () => {
      await pause();
      return [getTraceId(), await Promise.resolve().then(getTraceId)];
    });
    expect(inside).toEqual(['a', 'a']);
    expect(getTraceId()).toBeUndefined();
  });

  it('is never seen by a context that runs at the same time', async () => {
    const work = async (id: string): Promise<string[]> => {
      const seen: string[] = [];
      for (let turn = 0; turn < 5; turn++) {
        await pause();
        seen.push(getTraceId() ?? 'none');
      }
      return [...new Set([id, ...seen])];
    };
    const ids = Array.from({ length: 1_000 }, (_, index) => `id-${index}`);
    const seen = await Promise.all(ids.map((id) => runWithTraceId(id, () => work(id))));
    expect(seen).toEqual(ids.map((id) => [id]));
  });

  it('nests, and the outer one comes back', () => {
    const seen = runWithTraceId('outer', () => [runWithTraceId('inner', getTraceId), getTraceId()]);
    expect(seen).toEqual(['inner', 'outer']);
  });

  it('comes back after a function that throws', () => {
    runWithTraceId('outer', () => {
      expect(() =>
        runWithTraceId('inner', () => {
          throw new Error('no');
        }),
      ).toThrow('no');
      expect(getTraceId()).toBe('outer');
    });
  });

  it('can be set and cleared for the rest of a context, not for those around it', async () => {
    await runWithTraceId('around', async () => {
      const child = (async (): Promise<unknown[]> => {
        await pause();
        setTraceId('own');
        const set = getTraceId();
        await pause();
        const later = getTraceId();
        clearTraceId();
        return [set, later, getTraceId()];
      })();
      expect(await child).toEqual(['own', 'own', undefined]);
      expect(getTraceId()).toBe('around');
    });
  });
});

describe('the headers that pass a trace id on', () => {
  it('are one, or none', () => {
    expect(traceHeaders()).toEqual({});
    expect(runWithTraceId('a', traceHeaders)).toEqual({ 'X-Trace-ID': 'a' });
    expect(new Headers({ ...runWithTraceId('a', traceHeaders) }).get('x-trace-id')).toBe('a');
  });
});

describe('what may be a trace id', () => {
  it.each([['a'], ['A-Z_0.9:@/+='], ['x'.repeat(64)], ['4bf92f3577b34da6a3ce929d0e0e4736']])(
    'includes %j',
    (id) => {
      expect(isTraceId(id)).toBe(true);
      expect(runWithTraceId(id, getTraceId)).toBe(id);
    },
  );

  it.each([
    [''],
    ['x'.repeat(65)],
    ['x'.repeat(1_000_000)],
    ['a b'],
    ['a\r\nb'],
    ['a\n'],
    ['a\0'],
    ['é'],
    ['\ud800'],
    ['a,b'],
    [undefined],
    [null],
    [5],
    [['a']],
    [{}],
  ])('does not include %j', (id) => {
    expect(isTraceId(id)).toBe(false);
    expect(() => runWithTraceId(id as string, () => 'ran')).toThrow(TypeError);
    expect(() => setTraceId(id as string)).toThrow(/1 to 64 characters/);
    expect(getTraceId()).toBeUndefined();
  });
});

describe('two copies of the package', () => {
  it('see one trace id', async () => {
    const esm = (await import(new URL('../dist/esm/trace.js', import.meta.url).href)) as typeof trace;
    const cjs = createRequire(import.meta.url)('../dist/cjs/trace.js') as typeof trace;
    expect(new Set([esm.getTraceId, cjs.getTraceId, getTraceId]).size).toBe(3);
    expect(esm.runWithTraceId('shared', () => [esm, cjs, trace].map((copy) => copy.getTraceId()))).toEqual([
      'shared',
      'shared',
      'shared',
    ]);
    expect(cjs.runWithTraceId('from-cjs', getTraceId)).toBe('from-cjs');
  });
});
