import { expect } from 'vitest';
import type { AdapterName } from './adapters.ts';
import type { Columns } from './case.ts';

/** What one logger, or two, do otherwise than the grid expects. */
export interface Difference {
  adapters: readonly AdapterName[];
  /** What is stored instead, by the name of the case; `null` where the logger has no such call. */
  cases: Readonly<Record<string, Partial<Columns> | null>>;
  /** What is stored instead in every case that expects nothing else. */
  always?: Partial<Columns>;
  /** For the README, as is `why`. */
  what: string;
  why: string;
}

const PINO = ['pino worker', 'pino in-process'] as const;
const WINSTON = ['winston', 'winston worker'] as const;
const BUNYAN = ['bunyan', 'bunyan worker'] as const;
const LOGGER = ['TraceHubLogger', 'TraceHubLogger worker'] as const;

/** Cases that all have the same outcome. */
function each<Outcome>(cases: readonly string[], outcome: Outcome): Record<string, Outcome> {
  return Object.fromEntries(cases.map((name) => [name, outcome]));
}

export const differences: readonly Difference[] = [
  {
    adapters: BUNYAN,
    always: { module: 'app' },
    cases: {
      'module: module': { extra: { name: 'app' } },
      'module: module before that of the child': { extra: { name: 'app' } },
      'module: module of a child': { extra: { name: 'app' } },
      'module: component': { module: 'cart', extra: { name: 'app' } },
      'module: too long': { extra: { name: 'app' } },
    },
    what: "`component`, else the logger's `name`, is the module where there is no `module`; the name stays in `extra` otherwise",
    why: 'bunyan has no logger without a name, and `component` is its word for a part',
  },
  {
    adapters: WINSTON,
    cases: { 'module: label': { module: 'cart', extra: null } },
    what: '`label` is the module where there is no `module`',
    why: '`format.label` is how winston names a part',
  },
  {
    adapters: [...WINSTON, ...LOGGER],
    cases: {
      'module: name': { module: null, extra: { name: 'cart' } },
      'host: hostname': { host: expect.any(String), extra: { hostname: 'elsewhere' } },
      'pid: pid': { pid: process.pid, extra: { pid: 7 } },
    },
    what: '`name`, `hostname` and `pid` are fields like any other and stay in `extra`',
    why: "pino and bunyan write them into each record; here they can only be the app's own",
  },
  {
    adapters: WINSTON,
    cases: { 'level: of the app, between info and warn': { level: 'WARN' } },
    what: "a level of the app's own half-way between two known ones is sent as the more severe",
    why: "winston's levels are ranks, not numbers of a scale that could be cut at thresholds",
  },
  {
    adapters: BUNYAN,
    cases: { 'level: by name': null },
    what: 'a record whose `level` is a name is not sent',
    why: 'bunyan itself writes it to no stream',
  },
  {
    adapters: PINO,
    cases: {
      'extra: a Map': { extra: { map: {} } },
      'extra: NaN': { extra: { value: null } },
    },
    what: 'a Map or Set is `{}`, NaN is `null`',
    why: 'pino writes each record as JSON before any transport sees it',
  },
  {
    adapters: PINO,
    cases: {
      'error_type: after the message': {
        error_type: null,
        error_message: null,
        stack_trace: null,
        extra: null,
      },
    },
    what: 'an error after the message is not sent: it goes before it, or under `err`',
    why: 'pino itself writes nothing of a value that has no `%` in the message',
  },
  {
    adapters: BUNYAN,
    cases: {
      'error_type: after the message': {
        message: expect.stringMatching(/^order placed TypeError: no such item\n/),
        error_type: null,
        error_message: null,
        stack_trace: null,
        extra: null,
      },
    },
    what: 'an error after the message becomes part of the message: it goes before it, or under `err`',
    why: 'bunyan itself formats it so',
  },
  {
    adapters: PINO,
    cases: {
      'error_type: err, a cause that is text': { stack_trace: expect.stringMatching(/^(?![^]*Caused by)/) },
      'error_type: err, a cause that is an object': {
        stack_trace: expect.stringMatching(/^(?![^]*Caused by)/),
        extra: null,
      },
      'error_type: err, a cause with properties': { extra: null },
    },
    what: 'of a cause only type, message and stack are sent, of one that is no error nothing',
    why: "pino's own serialiser leaves out the rest",
  },
  {
    adapters: PINO,
    cases: {
      ...each(
        [
          'error_type: err, frozen',
          'error_type: err, a stack that throws',
          'error_type: err, a message that throws',
        ],
        null,
      ),
      'error_type: err, a message that is no text': {
        error_type: null,
        error_message: null,
        stack_trace: null,
        extra: { err: {} },
      },
    },
    what: 'a frozen error under `err`, or one whose `stack` or `message` throws, makes the log call throw; one whose message is no text is `{}`. In other fields `traceMixin` finds all of them',
    why: "pino's own serialiser marks the error and reads it inside the log call",
  },
  {
    adapters: PINO,
    cases: {
      'error_type: the message, of another realm': { extra: { code: 'E_LIMIT', error: { code: 'E_LIMIT' } } },
    },
    what: 'what an error of another realm has of its own stands in `extra` as well where it is the first argument',
    why: 'pino takes it for the fields of the record; `traceMixin` knows better',
  },
  {
    adapters: BUNYAN,
    cases: {
      'error_type: the message': { stack_trace: expect.stringMatching(/^TypeError(?![^]*RangeError)/) },
      'error_type: the message, AggregateError': {
        stack_trace: expect.stringMatching(/^AggregateError: all\n(?![^]*Error 1 of 2)/),
        extra: null,
      },
    },
    what: 'an error as the first argument comes without its causes and members, and of its own properties with `code` only; under `err` it has them',
    why: "bunyan's own serialiser leaves them out",
  },
  {
    adapters: BUNYAN,
    cases: {
      'error_type: the message, of another realm': {
        message: '',
        error_type: null,
        error_message: null,
        stack_trace: null,
        extra: { code: 'E_LIMIT' },
      },
    },
    what: 'an error of another realm as the first argument is not known as one; under `err` it is',
    why: 'bunyan takes it for the fields of the record',
  },
  {
    adapters: LOGGER,
    cases: each(
      [
        'level: trace',
        'level: of the app, between info and warn',
        'level: of the app, above fatal',
        'level: by name',
        'message: values in it',
        'message: fields only',
        'timestamp: a Date',
        'timestamp: ISO',
        'timestamp: epoch ms',
        'timestamp: epoch s',
        'timestamp: no time',
        'timestamp: too old',
        'timestamp: too far ahead',
        'error_type: err without a message',
        'extra: a field of a child',
        'trace_id: trace_id of a child before runWithTraceId',
        'error_type: err of a child',
      ],
      null,
    ),
    what: 'five levels; a message first, without values for `%s`; no time but that of the call; children with a `module` only',
    why: "its interface is that of TraceHub's Python SDK",
  },
];

/** The table of the README. */
export function differencesToMarkdown(): string {
  const rows = differences.map(({ adapters, what, why }) => `| ${loggersOf(adapters)} | ${what} | ${why} |`);
  return ['| logger | what it does otherwise | why |', '| --- | --- | --- |', ...rows].join('\n');
}

function loggersOf(adapters: readonly AdapterName[]): string {
  return [...new Set(adapters.map((name) => name.split(' ')[0]))].join(', ');
}
