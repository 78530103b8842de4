import { context, trace as opentelemetry } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { clearTraceId, runWithTraceId, setTraceId } from '@tracehub/core-sender/trace';
import { expect } from 'vitest';
import { NONE } from './call.ts';
import type { Case, Columns } from './case.ts';
import { errorCases } from './error-cases.ts';
import { errorShapes } from './error-shapes.ts';

type Row = Omit<Case, 'field'>;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Whole seconds: a way to give the time can be no finer. */
const NOW = Math.floor(Date.now() / 1_000) * 1_000;

const earlier = new Date(NOW - 5 * MINUTE);
const tooOld = new Date(NOW - 40 * DAY).toISOString();
const tooFar = new Date(NOW + 3 * DAY).toISOString();

const level: Row[] = [
  { way: 'debug', call: () => ({ level: 'debug' }), expected: { level: 'DEBUG' } },
  { way: 'info', call: () => ({ level: 'info' }), expected: { level: 'INFO' } },
  { way: 'warn', call: () => ({ level: 'warn' }), expected: { level: 'WARN' } },
  { way: 'error', call: () => ({ level: 'error' }), expected: { level: 'ERROR' } },
  { way: 'fatal', call: () => ({ level: 'fatal' }), expected: { level: 'FATAL' } },
  { way: 'trace', call: () => ({ level: 'trace' }), expected: { level: 'DEBUG' } },
  {
    way: 'of the app, between info and warn',
    call: () => ({ level: 'audit' }),
    expected: { level: 'INFO', extra: { level: expect.anything() } },
  },
  {
    way: 'of the app, above fatal',
    call: () => ({ level: 'panic' }),
    expected: { level: 'FATAL', extra: { level: expect.anything() } },
  },
  { way: 'by name', call: () => ({ level: 'warn', isLevelNamed: true }), expected: { level: 'WARN' } },
];

const message: Row[] = [
  { way: 'a string', call: () => ({ message: 'a string' }), expected: { message: 'a string' } },
  { way: 'an empty string', call: () => ({ message: '' }), expected: { message: '' } },
  {
    way: 'values in it',
    call: () => ({ message: '%s has %d', values: ['cart', 2] }),
    expected: { message: 'cart has 2' },
  },
  { way: 'a number', call: () => ({ message: 42 }), expected: { message: '42' } },
  {
    way: 'fields only',
    call: () => ({ message: NONE, fields: { a: 1 } }),
    expected: { message: '', extra: { a: 1 } },
  },
  { way: 'several lines', call: () => ({ message: 'one\ntwo' }), expected: { message: 'one\ntwo' } },
];

const timestamp: Row[] = [
  { way: 'of the call', call: () => ({}), expected: {} },
  { way: 'a Date', call: () => ({ time: earlier }), expected: { timestamp: earlier } },
  { way: 'ISO', call: () => ({ time: earlier.toISOString() }), expected: { timestamp: earlier } },
  { way: 'epoch ms', call: () => ({ time: earlier.getTime() }), expected: { timestamp: earlier } },
  { way: 'epoch s', call: () => ({ time: earlier.getTime() / 1_000 }), expected: { timestamp: earlier } },
  { way: 'no time', call: () => ({ time: 'soon' }), expected: { extra: { original_timestamp: 'soon' } } },
  { way: 'too old', call: () => ({ time: tooOld }), expected: { extra: { original_timestamp: tooOld } } },
  {
    way: 'too far ahead',
    call: () => ({ time: tooFar }),
    expected: { extra: { original_timestamp: tooFar } },
  },
];

const service: Row[] = [
  { way: 'TRACEHUB_SERVICE', env: 'TRACEHUB_SERVICE', call: () => ({}), expected: {} },
  { way: 'OTEL_SERVICE_NAME', env: 'OTEL_SERVICE_NAME', call: () => ({}), expected: {} },
];

const environment: Row[] = [
  { way: 'TRACEHUB_ENVIRONMENT', env: 'TRACEHUB_ENVIRONMENT', call: () => ({}), expected: {} },
];

const host: Row[] = [
  { way: 'of the machine', call: () => ({}), expected: {} },
  { way: 'hostname', call: () => ({ fields: { hostname: 'elsewhere' } }), expected: { host: 'elsewhere' } },
];

const pid: Row[] = [
  { way: 'of the process', call: () => ({}), expected: {} },
  { way: 'pid', call: () => ({ fields: { pid: 7 } }), expected: { pid: 7 } },
  { way: 'pid that is none', call: () => ({ fields: { pid: 'x' } }), expected: { extra: { pid: 'x' } } },
];

const thread: Row[] = [
  { way: 'of the call', call: () => ({}), expected: {} },
  { way: 'thread_id', call: () => ({ fields: { thread_id: 'pool-3' } }), expected: { thread_id: 'pool-3' } },
];

const SPAN_TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

const trace: Row[] = [
  {
    way: 'runWithTraceId',
    call: () => ({}),
    around: (run) => runWithTraceId('trace-1', run),
    expected: { trace_id: 'trace-1' },
  },
  {
    way: 'setTraceId',
    call: () => ({}),
    around: (run) => {
      setTraceId('trace-2');
      run();
      clearTraceId();
    },
    expected: { trace_id: 'trace-2' },
  },
  {
    way: 'clearTraceId',
    call: () => ({}),
    around: (run) =>
      runWithTraceId('trace-3', () => {
        clearTraceId();
        run();
      }),
    expected: {},
  },
  { way: 'trace_id', call: () => ({ fields: { trace_id: 'trace-4' } }), expected: { trace_id: 'trace-4' } },
  {
    way: 'trace_id before runWithTraceId',
    call: () => ({ fields: { trace_id: 'trace-5' } }),
    around: (run) => runWithTraceId('trace-6', run),
    expected: { trace_id: 'trace-5' },
  },
  {
    way: 'trace_id of a child before runWithTraceId',
    call: () => ({ bindings: { trace_id: 'trace-7' } }),
    around: (run) => runWithTraceId('trace-8', run),
    expected: { trace_id: 'trace-7' },
  },
  {
    way: 'too long',
    call: () => ({ fields: { trace_id: 't'.repeat(80) } }),
    expected: { trace_id: 't'.repeat(64) },
  },
  {
    way: 'the OpenTelemetry span',
    call: () => ({}),
    around: (run) => {
      context.setGlobalContextManager(new AsyncLocalStorageContextManager());
      const span = { traceId: SPAN_TRACE_ID, spanId: 'b7ad6b7169203331', traceFlags: 1 };
      context.with(opentelemetry.setSpanContext(context.active(), span), run);
      context.disable();
    },
    expected: { trace_id: SPAN_TRACE_ID },
  },
];

const sdkVersion: Row[] = [{ way: 'of the adapter', call: () => ({}), expected: {} }];

const module: Row[] = [
  { way: 'module', call: () => ({ fields: { module: 'cart' } }), expected: { module: 'cart' } },
  { way: 'module of a child', call: () => ({ bindings: { module: 'cart' } }), expected: { module: 'cart' } },
  {
    way: 'module before that of the child',
    call: () => ({ bindings: { module: 'cart' }, fields: { module: 'tax' } }),
    expected: { module: 'tax' },
  },
  { way: 'name', call: () => ({ fields: { name: 'cart' } }), expected: { module: 'cart' } },
  { way: 'label', call: () => ({ fields: { label: 'cart' } }), expected: { extra: { label: 'cart' } } },
  {
    way: 'component',
    call: () => ({ fields: { component: 'cart' } }),
    expected: { extra: { component: 'cart' } },
  },
  {
    way: 'too long',
    call: () => ({ fields: { module: 'm'.repeat(120) } }),
    expected: { module: 'm'.repeat(100) },
  },
  { way: 'no text', call: () => ({ fields: { module: ['a'] } }), expected: { extra: { module: ['a'] } } },
];

const cyclic: Record<string, unknown> = { a: 1 };
cyclic['self'] = cyclic;

const extra: Row[] = [
  {
    way: 'a field',
    call: () => ({ fields: { order: { id: 17, items: [1, 'b', null, true] } } }),
    expected: { extra: { order: { id: 17, items: [1, 'b', null, true] } } },
  },
  { way: 'a field of a child', call: () => ({ bindings: { user: 7 } }), expected: { extra: { user: 7 } } },
  {
    way: 'extra, spread',
    call: () => ({ fields: { extra: { order: 17 } } }),
    expected: { extra: { order: 17 } },
  },
  {
    way: 'extra beside fields',
    call: () => ({ fields: { a: 1, extra: { b: 2 } } }),
    expected: { extra: { a: 1, b: 2 } },
  },
  {
    way: 'extra that is no object',
    call: () => ({ fields: { extra: 17 } }),
    expected: { extra: { extra: 17 } },
  },
  {
    way: 'a Date',
    call: () => ({ fields: { at: earlier } }),
    expected: { extra: { at: earlier.toISOString() } },
  },
  {
    way: 'a BigInt',
    call: () => ({ fields: { big: 2n ** 60n } }),
    expected: { extra: { big: String(2n ** 60n) } },
  },
  {
    way: 'a Map',
    call: () => ({ fields: { map: new Map([['a', 1]]) } }),
    expected: { extra: { map: { a: 1 } } },
  },
  { way: 'NaN', call: () => ({ fields: { value: Number.NaN } }), expected: { extra: { value: 'NaN' } } },
  { way: 'undefined', call: () => ({ fields: { nothing: undefined, a: 1 } }), expected: { extra: { a: 1 } } },
  {
    way: 'a cycle',
    call: () => ({ fields: { cyclic } }),
    expected: { extra: { cyclic: { a: 1, self: '[Circular]' } } },
  },
];

const id: Row[] = [
  { way: 'of the sender', call: () => ({}), expected: {} },
  {
    way: 'idInExtra',
    call: () => ({}),
    options: { idInExtra: true },
    expected: { extra: { tracehub_id: expect.stringMatching(/^[\da-f]{16}-1$/) } },
  },
];

const rows: readonly [Case['field'], readonly Row[]][] = [
  ['level', level],
  ['message', message],
  ['timestamp', timestamp],
  ['service', service],
  ['environment', environment],
  ['host', host],
  ['pid', pid],
  ['thread_id', thread],
  ['sdk_version', sdkVersion],
  ['trace_id', trace],
  ['module', module],
  ['extra', extra],
  ['id', id],
];

/** Every field of the entry, in every way in which it can be given. */
export const grid: readonly Case[] = [
  ...rows.flatMap(([field, ways]) => ways.map((row) => ({ field, ...row }))),
  ...errorCases,
  ...errorShapes,
];

/** What is stored of a call that says nothing. `undefined` where {@link expectedColumns} knows better. */
export const PLAIN: Partial<Columns> = {
  level: 'INFO',
  thread_id: 'main',
  environment: 'test',
  trace_id: null,
  module: null,
  error_type: null,
  error_message: null,
  stack_trace: null,
  extra: null,
};
