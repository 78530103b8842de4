import { hostname } from 'node:os';
import { expect, it, onTestFinished } from 'vitest';
import { afterTest } from '../../kit/after-test.ts';
import type { CollectorProcess } from '../../kit/collector-process.ts';
import { watchLedger } from '../../kit/ledger-check.ts';
import { senderOptions, type TestOptions } from '../../kit/sender-options.ts';
import type { Adapter } from './adapters.ts';
import { MESSAGE } from './call.ts';
import { type Case, type Columns, caseName } from './case.ts';
import { differences } from './differences.ts';
import { PLAIN, grid } from './grid.ts';

/** Runs the grid through one adapter and compares what the collector holds, field by field. */
export function describeAdapter(adapter: Adapter, collector: () => CollectorProcess): void {
  const cases = grid.filter((one) => differenceOf(adapter, one) !== null);
  it.each(cases.map((one) => ({ name: caseName(one), one })))('$name', async ({ one }) => {
    const service = `${adapter.name}, ${caseName(one)}`;
    const call = one.call();
    const { log, verbs } = adapter.open(optionsFor(one, service, collector()), call);
    watchLedger(adapter.name, verbs);
    afterTest(async () => void (await verbs.close()));
    const start = Date.now();
    if (one.around) one.around(() => log(call));
    else log(call);
    const logged = Date.now();
    expect(await verbs.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });

    const stored = await collector().logs({ service });
    expect(stored).toHaveLength(1);
    const { fingerprint: _, received_at: __, timestamp, ...columns } = stored[0]!;
    const { timestamp: time, ...expected } = expectedColumns(adapter, one, service);
    expect(columns).toEqual(expected);
    // A time that cannot be used is found out where the entry is made, which can be another thread.
    const latest = call.time === undefined ? logged : Date.now();
    const between = time instanceof Date ? [time.getTime(), time.getTime()] : [start, latest];
    expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(between[0]!);
    expect(Date.parse(timestamp)).toBeLessThanOrEqual(between[1]!);
  });
}

function optionsFor({ env, options }: Case, service: string, collector: CollectorProcess): TestOptions {
  const { apiKey, url } = collector;
  const given = senderOptions(url, { apiKey, service, ...options });
  if (env === undefined) return given;
  const option = env === 'TRACEHUB_ENVIRONMENT' ? 'environment' : 'service';
  process.env[env] = given[option];
  onTestFinished(() => void Reflect.deleteProperty(process.env, env));
  return { ...given, [option]: undefined };
}

/** What this adapter does otherwise in this case; `null` if it has no such call. */
function differenceOf(adapter: Adapter, one: Case): Partial<Columns> | null {
  const own = differences
    .filter(({ adapters }) => adapters.includes(adapter.name))
    .map(({ cases }) => cases[caseName(one)])
    .filter((columns) => columns !== undefined);
  return own.includes(null) ? null : Object.assign({}, ...own);
}

function expectedColumns(adapter: Adapter, one: Case, service: string): Columns {
  const columns = {
    id: expect.stringMatching(/^[\da-f]{16}-1$/),
    message: MESSAGE,
    service,
    host: hostname(),
    pid: process.pid,
    sdk_version: expect.stringMatching(new RegExp(`^${adapter.sdk}/\\d+\\.\\d+\\.\\d+`)),
    ...PLAIN,
    ...alwaysOf(adapter),
    ...one.expected,
    ...differenceOf(adapter, one),
  };
  return columns as Columns;
}

function alwaysOf(adapter: Adapter): Partial<Columns> {
  const own = differences.filter(({ adapters }) => adapters.includes(adapter.name));
  return Object.assign({}, ...own.map(({ always }) => always)) as Partial<Columns>;
}
