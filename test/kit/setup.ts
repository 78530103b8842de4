import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dispatcher, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { afterAll, beforeEach } from 'vitest';
import { cleanUpMark, cleanUpTo } from './after-test.ts';
import { checkLedgers } from './ledger-check.ts';
import { heldResources, leakedSince } from './leak-check.ts';

// A test that forgets its endpoint or directory reaches a closed port and a directory of this run, nothing else.
const dlqPath = mkdtempSync(join(tmpdir(), 'tracehub-test-dlq-'));
process.env['TRACEHUB_ENDPOINT'] = 'http://127.0.0.1:9';
process.env['TRACEHUB_DLQ_PATH'] = dlqPath;

// Many tests bring about what the sender warns of. Node's own printing goes on for all other warnings.
const printers = process.listeners('warning');
const onWarning = (warning: Error): void => {
  if (warning.name !== 'TraceHubWarning') for (const print of printers) print(warning);
};
process.removeAllListeners('warning');
process.on('warning', onWarning);

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
process.on('unhandledRejection', onUnhandled);

const atFileStart = cleanUpMark();

beforeEach(({ onTestFinished }) => {
  const mark = cleanUpMark();
  const before = heldResources();
  // Registered first, so it runs last: after the test's own hooks, those of onTestFinished too.
  onTestFinished(async () => {
    const cleaning = await cleanUpTo(mark);
    await dropIdleFetchSockets();
    const faults = [
      ...cleaning.map((error) => `cleaning up failed: ${String(error)}`),
      ...checkLedgers().map((fault) => `a ledger does not balance: ${fault}`),
      ...(await leakedSince(before)).map((kind) => `the test left open: ${kind}`),
      ...unhandled.splice(0).map((reason) => `a rejection was not handled: ${String(reason)}`),
    ];
    if (faults.length > 0) throw new Error(faults.join('\n'));
  });
});

/** Those of the tests' own requests; `fetch` keeps them for some seconds. */
async function dropIdleFetchSockets(): Promise<void> {
  const used = getGlobalDispatcher();
  // Of Node's own class, which is another than the package's.
  const Fresh = used.constructor as new () => Dispatcher;
  setGlobalDispatcher(new Fresh());
  await used.destroy();
}

afterAll(async () => {
  await cleanUpTo(atFileStart);
  process.off('unhandledRejection', onUnhandled);
  rmSync(dlqPath, { recursive: true, force: true });
});
