import fs from 'node:fs';
import vm from 'node:vm';
import { type Collector, type LogsAnswer, createCollector } from '@tracehub/collector';
import { createSender } from '@tracehub/core-sender';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issueKey } from '../../packages/core-sender/src/entry/issue-key.ts';
import { afterTest } from '../kit/after-test.ts';
import { watchLedger } from '../kit/ledger-check.ts';
import { senderOptions } from '../kit/sender-options.ts';
import { toServerIssue } from '../kit/server-issue.ts';
import { type Throw, stackKinds } from '../kit/stack-kinds.ts';

type StoredLog = LogsAnswer['logs'][number];

/** Two functions without parameters or result, of which each is the one instruction `unreachable`. */
const wasm = Uint8Array.from(
  Buffer.from('0061736d01000000010401600000030302000007090201610000016200010a09020300000b0300000b', 'hex'),
);

let collector: Collector;
let sent = 0;
beforeAll(async () => {
  collector = await createCollector({ port: 0, dataDir: 'memory' });
}, 60_000);
afterAll(() => collector.close());

it.each(Object.entries(stackKinds))(
  'a stack %s',
  async (name, { shape, thrown, alike = [], others, rule }) => {
    const variants = [
      thrown,
      { ...thrown, line: 40 },
      { ...thrown, line: 1_000, code: `   ${thrown.code}` },
      ...alike.map((given) => ({ ...thrown, ...given })),
      ...others.map((given) => ({ ...thrown, ...given })),
    ];
    const errors: Error[] = [];
    // One after another: they share the settings of `Error`.
    for (const [index, variant] of variants.entries())
      errors.push(await catchThrown(variant, `order ${17 * (index + 1)} failed`));
    expect(String(errors[0]?.stack)).toMatch(shape);
    const stored = await store(name, errors);
    // How many of the variants, from the first, are one issue; the rest are one each.
    const same = 3 + alike.length;
    const expected = variants.map((_, index) => Math.max(index - same + 1, 0));

    expect(stored.map((log) => log.stack_trace !== null)).toEqual(variants.map(() => rule === 'frames'));
    expect(groups(stored, (log) => log.fingerprint)).toEqual(expected);
    expect(groups(stored, toServerIssue)).toEqual(expected);
    expect(groups(stored, keyOf)).toEqual(expected);
  },
);

it('all kinds together are the same issues on the server and in the order of a batch', async () => {
  const stored = await logs({});
  expect(stored).toHaveLength(sent);
  const issues = groups(stored, toServerIssue);
  expect(groups(stored, keyOf)).toEqual(issues);
  // The collector makes fewer of them: for it `file:///app/a.js` is `/app/a.js`, and who awaits does not matter.
  expect(groups(stored, (log) => `${toServerIssue(log)} ${log.fingerprint}`)).toEqual(issues);
});

/** What the code throws, with its stack as V8 or the code itself makes it. */
async function catchThrown(
  { code, file = '/app/a.js', line = 0, rewrite }: Throw,
  message: string,
): Promise<Error> {
  const { prepareStackTrace, stackTraceLimit } = Error as Record<
    'prepareStackTrace' | 'stackTraceLimit',
    unknown
  >;
  Object.assign(globalThis, { fs, vm, wasm, MESSAGE: message });
  const script = new vm.Script(code, { filename: file, lineOffset: line });
  // The test runner maps stacks by a function of its own.
  Object.assign(Error, { prepareStackTrace: undefined });
  try {
    await fromNowhere(() => script.runInThisContext({ displayErrors: false }) as unknown);
  } catch (thrown) {
    const error = thrown as Error;
    // Formatted now, by what the code has set.
    const { stack } = error;
    if (rewrite && stack !== undefined) error.stack = rewrite(stack);
    return error;
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
  throw new Error(`nothing was thrown: ${code}`);
}

/** Runs `code` with nothing of the test above it on the stack, so that each time the same frames are below. */
function fromNowhere(code: () => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(code());
      } catch (error) {
        reject(error as Error);
      }
    });
  });
}

/** Logs the errors, each in an entry of its own, and reads the entries from the collector in the same order. */
async function store(service: string, errors: readonly Error[]): Promise<StoredLog[]> {
  const options = senderOptions(collector.url, { apiKey: String(collector.developmentKey), service });
  const sender = createSender(options, { sdkVersion: 'test/1.0.0' });
  watchLedger(service, sender);
  afterTest(async () => void (await sender.close()));
  for (const [variant, error] of errors.entries())
    sender.send({ level: 'ERROR', message: undefined, error, fields: { variant } });
  expect(await sender.flush()).toEqual({ delivered: errors.length, deadLettered: 0, dropped: 0 });
  sent += errors.length;
  const variantOf = (log: StoredLog): number => Number((log.extra as { variant: number }).variant);
  return (await logs({ service })).toSorted((a, b) => variantOf(a) - variantOf(b));
}

async function logs(filters: Record<string, string>): Promise<StoredLog[]> {
  const query = new URLSearchParams({ ...filters, per_page: '1000' });
  const response = await fetch(`${collector.url}/api/v1/logs?${query.toString()}`);
  return ((await response.json()) as LogsAnswer).logs;
}

function keyOf({ message, error_type, stack_trace }: StoredLog): string {
  return issueKey(message, error_type ?? undefined, stack_trace ?? undefined);
}

/** To which group each belongs, numbered by their first members: `[0, 0, 1]`. */
function groups<T>(items: readonly T[], groupOf: (item: T) => unknown): number[] {
  const all = [...new Set(items.map(groupOf))];
  return items.map((item) => all.indexOf(groupOf(item)));
}
