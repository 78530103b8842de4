/** Code that throws, as V8 sees it: in which file, and how far down in it. */
export interface Throw {
  code: string;
  file?: string;
  line?: number;
  /** Changes the stack before it is logged. */
  rewrite?: (stack: string) => string;
}

/** One way a stack can look. */
export interface Kind {
  /** What V8 must have written for this to be the kind it is called; read of the error itself. */
  shape: RegExp;
  /** Thrown as it is, and again from other lines: one issue. */
  thrown: Throw;
  /** What cannot be told from it, or is not to be: the same issue. */
  alike?: Partial<Throw>[];
  /** Each is an issue of its own. */
  others: Partial<Throw>[];
  /** By which of the server's rules: with frames the message does not count, without them it does. */
  rule: 'frames' | 'message';
}

const inner = (name: string): string => `function ${name}() { throw new TypeError(MESSAGE) }\n${name}()`;
const recursive = (name: string, depth: number): string =>
  `Error.stackTraceLimit = 200; function ${name}(n) { if (n > 0) ${name}(n - 1); else throw new RangeError(MESSAGE) }\n${name}(${depth})`;
const wasmCall = (name: string): string =>
  `function f() { new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports.${name}() }\nf()`;
const structured = (name: string): string => `Error.prepareStackTrace = (_, sites) => sites; ${inner(name)}`;
const windows =
  (frame: string): ((stack: string) => string) =>
  (stack) =>
    `${stack.split('\n')[0]}\n    at ${frame}`;

const oddMethod = (filename: string): string =>
  `vm.runInThisContext("({ 'a (b:1)'() { throw new TypeError(MESSAGE) } })['a (b:1)']", { filename: '${filename}' })()`;

/**
 * Every way V8 writes a stack, thrown by real code but for Windows paths. The code finds `MESSAGE`, `fs`, `vm` and the
 * bytes of `wasm` among the globals.
 */
export const stackKinds: Record<string, Kind> = {
  plain: {
    shape: /^TypeError: .*\n {4}at f \(\/app\/a\.js:\d+:\d+\)\n/,
    thrown: { code: inner('f') },
    others: [{ code: inner('g') }, { file: '/app/b.js' }, { code: inner('f').replace('Type', 'Range') }],
    rule: 'frames',
  },
  'with the line of code above it': {
    shape: /^\/app\/a\.js:\d+\n[^]*\^\n\nTypeError: .*\n {4}at f /,
    thrown: {
      code: `new vm.Script(${JSON.stringify(inner('f'))}, { filename: '/app/a.js' }).runInThisContext()`,
    },
    others: [
      { code: `new vm.Script(${JSON.stringify(inner('g'))}, { filename: '/app/a.js' }).runInThisContext()` },
    ],
    rule: 'frames',
  },
  async: {
    shape: /\n {4}at inner \(\/app\/a\.js:\d+:\d+\)\n {4}at async outer \(\/app\/a\.js:/,
    thrown: {
      code: '(async function outer() { await inner() })()\nasync function inner() { await null; throw new Error(MESSAGE) }',
    },
    others: [
      {
        code: '(async function outer() { await other() })()\nasync function other() { await null; throw new Error(MESSAGE) }',
      },
      {
        code: '(async function caller() { await inner() })()\nasync function inner() { await null; throw new Error(MESSAGE) }',
      },
    ],
    rule: 'frames',
  },
  'Promise.all': {
    shape: /\n {4}at async Promise\.all \(index 0\)\n/,
    thrown: {
      code: '(async function outer() { await Promise.all([inner()]) })()\nasync function inner() { await null; throw new Error(MESSAGE) }',
    },
    // At which index is a matter of the data.
    alike: [
      {
        code: '(async function outer() { await Promise.all([0, 0, inner()]) })()\nasync function inner() { await null; throw new Error(MESSAGE) }',
      },
    ],
    others: [],
    rule: 'frames',
  },
  'anonymous functions of one file': {
    shape: /\n {4}at \/app\/a\.js:\d+:\d+\n {4}at \/app\/a\.js:/,
    thrown: { code: '(() => { throw new TypeError(MESSAGE) })()' },
    // Without a name a function is known by its file only.
    alike: [{ code: ';\n\n(function () { throw new TypeError(MESSAGE) })()' }],
    others: [{ file: '/app/b.js' }],
    rule: 'frames',
  },
  'of a constructor': {
    shape: /\n {4}at new Foo \(/,
    thrown: { code: '{ class Foo { constructor() { throw new TypeError(MESSAGE) } }\nnew Foo() }' },
    others: [{ code: '{ class Bar { constructor() { throw new TypeError(MESSAGE) } }\nnew Bar() }' }],
    rule: 'frames',
  },
  'method with an alias': {
    shape: /\n {4}at Object\.method \[as alias\] \(/,
    thrown: {
      code: '{ class A { method() { throw new TypeError(MESSAGE) } }\n({ alias: A.prototype.method }).alias() }',
    },
    others: [
      {
        code: '{ class A { other() { throw new TypeError(MESSAGE) } }\n({ alias: A.prototype.other }).alias() }',
      },
    ],
    rule: 'frames',
  },
  'method with parentheses in its name': {
    shape: /\n {4}at a \(b:1\) \(\/lib\/a\.js:\d+:\d+\)\n {4}at \/app\/a\.js:/,
    thrown: { code: oddMethod('/lib/a.js') },
    others: [{ code: oddMethod('/lib/b.js') }],
    rule: 'frames',
  },
  eval: {
    shape: /\n {4}at eval \(eval at run \(\/app\/a\.js:\d+:\d+\), <anonymous>:\d+:\d+\)\n/,
    thrown: { code: 'function run() { eval("throw new TypeError(MESSAGE)") }\nrun()' },
    others: [{ code: 'function walk() { eval("throw new TypeError(MESSAGE)") }\nwalk()' }],
    rule: 'frames',
  },
  'eval in eval': {
    shape: /\(eval at <anonymous> \(eval at run \(\/app\/a\.js:/,
    thrown: { code: 'function run() { eval("eval(\'throw new TypeError(MESSAGE)\')") }\nrun()' },
    others: [{ file: '/app/b.js' }],
    rule: 'frames',
  },
  'new Function': {
    shape: /\n {4}at eval \(eval at run \(/,
    thrown: { code: 'function run() { new Function("throw new TypeError(MESSAGE)")() }\nrun()' },
    others: [{ file: '/app/b.js' }],
    rule: 'frames',
  },
  native: {
    shape: /\n {4}at Array\.map \(<anonymous>\)\n/,
    thrown: { code: 'function f() { [1].map(() => { throw new TypeError(MESSAGE) }) }\nf()' },
    others: [{ code: 'function g() { [1].map(() => { throw new TypeError(MESSAGE) }) }\ng()' }],
    rule: 'frames',
  },
  'node:internal on top': {
    shape: /\n {4}at new URL \(node:internal\/url:\d+:\d+\)\n {4}at f /,
    thrown: { code: 'function f() { new URL(MESSAGE) }\nf()' },
    others: [{ code: 'function g() { new URL(MESSAGE) }\ng()' }],
    rule: 'frames',
  },
  DOMException: {
    shape: /^AbortError: [^]*\n {4}at f \(/,
    thrown: { code: "function f() { throw new DOMException(MESSAGE, 'AbortError') }\nf()" },
    others: [{ code: "function f() { throw new DOMException(MESSAGE, 'DataError') }\nf()" }],
    rule: 'frames',
  },
  'another realm': {
    shape: /\n {4}at f \(/,
    thrown: {
      code: "function f() { vm.runInNewContext('throw new TypeError(text)', { text: MESSAGE }) }\nf()",
    },
    others: [
      { code: "function g() { vm.runInNewContext('throw new TypeError(text)', { text: MESSAGE }) }\ng()" },
    ],
    rule: 'frames',
  },
  'file URL': {
    shape: /\n {4}at f \(file:\/\/\/app\/a\.mjs:\d+:\d+\)\n/,
    thrown: { code: inner('f'), file: 'file:///app/a.mjs' },
    others: [{ code: inner('g') }, { file: 'file:///app/b.mjs' }],
    rule: 'frames',
  },
  'Windows path': {
    shape: /^TypeError/,
    thrown: { code: inner('f'), rewrite: windows('f (C:\\app\\a.js:10:5)') },
    alike: [{ rewrite: windows('f (C:\\app\\a.js:99:1)') }],
    others: [
      { rewrite: windows('g (C:\\app\\a.js:10:5)') },
      { rewrite: windows('C:\\app\\a.js:10:5') },
      { rewrite: windows('f (file:///C:/app/a.js:10:5)') },
    ],
    rule: 'frames',
  },
  wasm: {
    shape: /^RuntimeError: unreachable\n {4}at wasm:\/\/wasm\/\w+:wasm-function\[0\]:0x\w+\n/,
    thrown: { code: wasmCall('a') },
    others: [{ code: wasmCall('b') }],
    rule: 'frames',
  },
  'made a list of call sites by the app': {
    shape: /^f \(\/app\/a\.js:\d+:\d+\),\/app\/a\.js/,
    thrown: { code: structured('f') },
    others: [{ code: structured('g') }],
    rule: 'frames',
  },
  'with CRLF': {
    shape: /\r\n {4}at f /,
    thrown: { code: inner('f'), rewrite: (stack) => stack.replaceAll('\n', '\r\n') },
    // The same as without.
    alike: [{ rewrite: (stack) => stack }],
    others: [{ code: inner('g') }],
    rule: 'frames',
  },
  'of 200 frames': {
    shape: /(?:\n {4}at f \(.*\)){200}$/,
    thrown: { code: recursive('f', 300) },
    // What called it is beyond the five frames that count.
    alike: [{ code: recursive('f', 300).replace(/f\(300\)$/, '(function main() { f(300) })()') }],
    others: [{ code: recursive('g', 300) }],
    rule: 'frames',
  },
  'without frames': {
    shape: /^TypeError: order \d+ failed$/,
    thrown: { code: 'Error.stackTraceLimit = 0; function f() { throw new TypeError(MESSAGE) }\nf()' },
    // Nothing says where it came from.
    alike: [{ file: '/app/b.js' }],
    others: [
      { code: "Error.stackTraceLimit = 0; throw new TypeError('no such order')" },
      { code: 'Error.stackTraceLimit = 0; throw new RangeError(MESSAGE)' },
    ],
    rule: 'message',
  },
  "of Node's own frames only": {
    shape: /^Error: ENOENT: .*\n {4}at async open \(node:internal\/fs\/promises:\d+:\d+\)/,
    thrown: { code: 'new Promise((_, reject) => fs.promises.readFile(`/missing/${MESSAGE}`).catch(reject))' },
    others: [{ code: 'new Promise((_, reject) => fs.promises.readFile(`/lost/${MESSAGE}`).catch(reject))' }],
    rule: 'message',
  },
};
