import { fileURLToPath } from 'node:url';
import type { Stats } from '@tracehub/core-sender';
import { beforeEach, expect, it } from 'vitest';
import { type Child, startProgram } from '../kit/child.ts';
import { type CollectorProcess, startCollectorProcess } from '../kit/collector-process.ts';
import { makeTempDirectory } from '../kit/temp.ts';

type StoredLog = Awaited<ReturnType<CollectorProcess['logs']>>[number];

let collector: CollectorProcess;
let services: Record<'shop' | 'mailer' | 'warehouse', Child>;
let shopUrl: string;

beforeEach(async () => {
  collector = await startCollectorProcess();
  const start = (service: string, addresses: Record<string, string> = {}): Child =>
    startProgram(fileURLToPath(new URL(`shop/${service}.mjs`, import.meta.url)), {
      env: {
        TRACEHUB_ENDPOINT: collector.url,
        TRACEHUB_API_KEY: collector.apiKey,
        TRACEHUB_DLQ_PATH: makeTempDirectory(service),
        ...addresses,
      },
      limit: 60_000,
    });
  const [mailer, warehouse] = [start('mailer'), start('warehouse')];
  const shop = start('shop', {
    MAILER_URL: await mailer.line('listening on'),
    WAREHOUSE_URL: await warehouse.line('listening on'),
  });
  services = { shop, mailer, warehouse };
  shopUrl = await shop.line('listening on');
});

/** Sends an order to the shop; gives its answer and the trace id that came with it. */
async function buy(number: number, traceId?: string): Promise<{ answer: unknown; traceId: string }> {
  const response = await fetch(`${shopUrl}/orders`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      connection: 'close',
      ...(traceId === undefined ? {} : { 'x-trace-id': traceId }),
    },
    body: JSON.stringify({ number, customer: 'Ada', items: 2, cents: 990 }),
  });
  expect(response.status).toBe(201);
  return { answer: await response.json(), traceId: response.headers.get('x-trace-id') ?? '' };
}

/** Ends the services as a service manager does, and gives the account of each. */
async function end(): Promise<Stats[]> {
  const accounts: Stats[] = [];
  for (const service of Object.values(services)) {
    service.kill('SIGTERM');
    const { code, stdout, stderr } = await service.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    const { stats } = JSON.parse(lines.at(-1) ?? '') as { stats: Stats };
    // A line for each log call, besides that of the address and this one.
    expect(stats.accepted).toBe(lines.length - 2);
    accounts.push(stats);
  }
  return accounts;
}

/** What each service says of a trace, in the order of its page. */
async function followed(traceId: string): Promise<{ logs: StoredLog[]; said: Record<string, string[]> }> {
  const logs = await collector.logs({ trace_id: traceId });
  const said: Record<string, string[]> = {};
  for (const { service, level, message } of logs) (said[String(service)] ??= []).push(`${level} ${message}`);
  return { logs, said };
}

/** The millisecond in which a service said something. */
function timeOf(logs: StoredLog[], service: string, message: string): number {
  const log = logs.find((one) => one.service === service && one.message === message);
  return Date.parse(log?.timestamp ?? '');
}

it('one trace id follows an order through all three services, in order', async () => {
  const [first, second] = await Promise.all([buy(1, 'order-0001'), buy(2, 'order-0002')]);
  expect([first, second]).toEqual([
    { answer: { order: 1, isPicked: true }, traceId: 'order-0001' },
    { answer: { order: 2, isPicked: true }, traceId: 'order-0002' },
  ]);
  await end();
  for (const { traceId } of [first, second]) {
    const { logs, said } = await followed(traceId);
    expect(said).toEqual({
      shop: [
        'DEBUG session found',
        'DEBUG cart loaded',
        'INFO order placed',
        'INFO paid',
        'INFO on its way',
        'DEBUG page sent',
        'INFO POST /orders 201',
      ],
      warehouse: ['DEBUG walking to shelf', 'DEBUG at shelf', 'INFO picked', 'DEBUG back at the desk'],
      mailer: [
        'DEBUG looking for a template',
        'DEBUG template found',
        'DEBUG rendering',
        'INFO POST /send',
        'INFO mail to Ada sent',
      ],
    });
    // Each of these caused the next.
    const times = [
      timeOf(logs, 'shop', 'paid'),
      timeOf(logs, 'warehouse', 'walking to shelf'),
      timeOf(logs, 'warehouse', 'back at the desk'),
      timeOf(logs, 'shop', 'on its way'),
      timeOf(logs, 'mailer', 'looking for a template'),
      timeOf(logs, 'mailer', 'mail to Ada sent'),
    ];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  }
});

it('an order that fails in all three is one trace with three errors, each an issue', async () => {
  const { answer, traceId } = await buy(60);
  expect(answer).toEqual({ order: 60, isPicked: false });
  // The shop gave the order a trace id, as the browser did not.
  expect(traceId).toMatch(/^[\w-]{8,64}$/);
  const accounts = await end();
  const { logs } = await followed(traceId);
  expect(
    logs
      .filter(({ level }) => level === 'ERROR')
      .map(({ service, module, error_type, error_message }) => [service, module, error_type, error_message]),
  ).toEqual([
    ['shop', 'checkout', 'PaymentError', 'order 60 could not be paid'],
    ['warehouse', 'picking', 'OutOfStockError', '2 items missing for order 60'],
    ['mailer', 'outbox', 'TypeError', "Cannot read properties of undefined (reading 'code')"],
    ['mailer', 'outbox', null, null],
  ]);
  expect((await collector.issues()).map(({ count }) => count)).toEqual([1, 1, 1, 1]);
  // All that was logged is there once: of this order, and that each service has opened and the shop has closed.
  expect(accounts.map(({ accepted, delivered }) => [accepted, delivered])).toEqual([
    [9, 9],
    [6, 6],
    [5, 5],
  ]);
  expect(await collector.logs()).toHaveLength(20);
  expect(logs).toHaveLength(16);
});
