import { describe, expect, it } from 'vitest';
import { countedFrames } from '../src/entry/issue-key.ts';
import { boundStack, stackToServerText, v8FrameToServerFrame } from '../src/entry/stack-trace.ts';

const NODE_ONLY = 'Error: m\n    at new Promise (<anonymous>)\n    at run (node:internal/x:11:22)';

describe('a V8 frame', () => {
  it.each([
    ['plain', 'at fn (/app/a.js:10:5)', 'at fn (/app/a.js:10) [10:5]'],
    ['bare', 'at /app/a.js:10:5', 'at <anonymous> (/app/a.js:10) [10:5]'],
    ['async', 'at async fn (/app/a.js:10:5)', 'at async fn (/app/a.js:10) [10:5]'],
    ['bare async', 'at async /app/a.js:10:5', 'at async <anonymous> (/app/a.js:10) [10:5]'],
    ['async all', 'at async Promise.all (index 0)', undefined],
    [
      'anonymous function',
      'at Object.<anonymous> (/app/a.js:1:2)',
      'at Object.<anonymous> (/app/a.js:1) [1:2]',
    ],
    ['constructor', 'at new Shop (/app/a.js:1:2)', 'at new Shop (/app/a.js:1) [1:2]'],
    [
      'method with alias',
      'at Shop.buy [as sell] (/app/a.js:1:2)',
      'at Shop.buy [as sell] (/app/a.js:1) [1:2]',
    ],
    ['eval', 'at eval (eval at run (/app/a.js:7:3), <anonymous>:1:2)', 'at eval (/app/a.js:7) [7:3]'],
    [
      'nested eval',
      'at f (eval at g (eval at run (/app/a.js:7:3)), <anonymous>:1:2)',
      expect.stringMatching(/^at f \(.*:\d+\) \[\d+:\d+\]$/),
    ],
    ['node:internal', 'at run (node:internal/x:11:22)', 'at run [node:internal/x:11:22]'],
    ['file URL', 'at fn (file:///app/a.mjs:3:1)', 'at fn (file:///app/a.mjs:3) [3:1]'],
    ['bare file URL', 'at file:///app/a.mjs:3:1', 'at <anonymous> (file:///app/a.mjs:3) [3:1]'],
    ['Windows path', 'at fn (C:\\app\\a.js:3:1)', 'at fn (C:\\app\\a.js:3) [3:1]'],
    ['bare Windows path', 'at C:\\app\\a.js:3:1', 'at <anonymous> (C:\\app\\a.js:3) [3:1]'],
    ['parentheses in the path', 'at fn (/app (copy)/a (1).js:3:1)', 'at fn (/app (copy)/a (1).js:3) [3:1]'],
    [
      'bare path that ends in parentheses',
      'at /app/(group)/page.js:3:1',
      'at <anonymous> (/app/(group)/page.js:3) [3:1]',
    ],
    ['wasm', 'at add (wasm://wasm/ab12:wasm-function[3]:0x1a2)', 'at add (wasm://wasm/ab12:3) [0x1a2]'],
    [
      'wasm without a name',
      'at wasm://wasm/ab12:wasm-function[3]:0x1a2',
      'at wasm-function[3] (wasm://wasm/ab12:3) [0x1a2]',
    ],
    ['method named with parentheses', 'at Object.a (b:1) (/a.js:1:2)', 'at Object.a |b:1| (/a.js:1) [1:2]'],
    ['native', 'at Array.map (<anonymous>)', undefined],
    ['native call', 'at Object.f (native)', undefined],
    ['no position', 'at fn (/app/a.js)', undefined],
    ['not a frame', 'TypeError: at (/app/a.js:1:2)', undefined],
    ['empty', '', undefined],
  ])('is written for the server: %s', (_kind, line, expected) => {
    expect(v8FrameToServerFrame(`    ${line}`)?.text.trim()).toEqual(expected);
  });

  it('is counted by the server with function and file, never with its line', () => {
    const texts = ['/app/a.js:10:5', '/app/a.js:99:1'].map(
      (at) => stackToServerText(`E: x\n    at fn (${at})`).text,
    );
    expect(texts.map(countedFrames)).toEqual([['fn /app/a.js'], ['fn /app/a.js']]);
  });
});

describe('a stack', () => {
  it('keeps header and order, and says that it has frames', () => {
    const { text, hasFrames } = stackToServerText(
      'E: a\n    at f (/a.js:1:2)\r\n    at Array.map (<anonymous>)',
    );
    expect(text).toBe('E: a\n    at f (/a.js:1) [1:2]\n    at Array.map (<anonymous>)');
    expect(hasFrames).toBe(true);
  });

  it.each([['E: a'], ['E: a\n    at Array.map (<anonymous>)'], ['E: a\n  somewhere'], [NODE_ONLY], ['']])(
    'that the server counts no frame of is said to have none: %j',
    (stack) => {
      expect(stackToServerText(stack).hasFrames).toBe(false);
    },
  );

  it("has Node's own frames in brackets, where the server counts none of them", () => {
    const { text, hasFrames } = stackToServerText(
      [
        'E: a',
        '    at f (/a.js:1:2)',
        '    at node:internal/main/run_main_module:28:49',
        '    at async Promise.all (index 0)',
        '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
        '    at async node:internal/x:1:2',
      ].join('\n'),
    );
    expect(text).toBe(
      [
        'E: a',
        '    at f (/a.js:1) [1:2]',
        '    at <anonymous> [node:internal/main/run_main_module:28:49]',
        '    at async Promise.all (index 0)',
        '    at process.processTicksAndRejections [node:internal/process/task_queues:95:5]',
        '    at async <anonymous> [node:internal/x:1:2]',
      ].join('\n'),
    );
    expect([hasFrames, countedFrames(text)]).toEqual([true, ['f /a.js']]);
  });

  it('already written for the server stays as it is', () => {
    const text = 'E: a\n    at f (/a.js:1) [1:2]';
    expect(stackToServerText(text)).toEqual({ text, hasFrames: true });
  });

  it('has a message line that starts with "at " masked', () => {
    const message = 'first\nat bad (thing:5)\n  at worse (/x.js:1:2)';
    const { text, hasFrames } = stackToServerText(`E: ${message}\n    at f (/a.js:1:2)`, message);
    expect(countedFrames(text)).toEqual(['f /a.js']);
    expect(hasFrames).toBe(true);
    expect(text).toContain('bad (thing:5)');
  });

  it('has no frame when only message lines look like one', () => {
    const message = 'first\nat bad (thing:5)';
    expect(stackToServerText(`E: ${message}`, message).hasFrames).toBe(false);
  });

  it("keeps its frames when another error's stack with the same frames is its message", () => {
    const frames = '    at f (/a.js:1:2)\n    at main (/m.js:3:4)';
    const message = `gave up: Error: inner\n${frames}`;
    const { text } = stackToServerText(`E: ${message}\n${frames}`, message);
    expect(countedFrames(text)).toEqual(['f /a.js', 'main /m.js']);
  });

  it("knows its message lines by pino's message, which goes on with those of the causes", () => {
    const { text } = stackToServerText(
      'E: first\nat bad (thing:5)\n    at f (/a.js:1:2)',
      'first\nat bad (thing:5): the cause',
    );
    expect(countedFrames(text)).toEqual(['f /a.js']);
  });

  it('without a header begins with a frame, whatever the message is', () => {
    expect(countedFrames(stackToServerText('    at f (/a.js:1:2)', 'a\nb').text)).toEqual(['f /a.js']);
  });

  it('is bounded in the length of lines and in all', () => {
    const long = `E: ${'x'.repeat(5_000)}\n${'    at f (/a.js:1:2)\n'.repeat(10_000)}`;
    const { text } = stackToServerText(long);
    expect(text.split('\n')[0]).toHaveLength(1_000);
    expect(text.length).toBeLessThanOrEqual(64 * 1024 + 40);
    expect(text).toMatch(/… \[more lines cut\]$/);
  });

  it('of many parentheses costs no quadratic time', () => {
    const started = performance.now();
    stackToServerText(`E: x\n    at ${'('.repeat(100_000)}${')'.repeat(100_000)}:1:2`);
    v8FrameToServerFrame(`at f (eval at ${'(a'.repeat(490)}`.slice(0, 999));
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('a stack the app wrote itself', () => {
  it('is left as it is but for its bounds', () => {
    const python = 'Traceback:\n  File "a.py", line 3, in f\n\n\tx';
    expect(boundStack(python)).toBe(python);
    expect(boundStack('y'.repeat(1_500))).toHaveLength(1_000);
    expect(boundStack('z\n'.repeat(64 * 1024)).length).toBe(64 * 1024);
  });
});
