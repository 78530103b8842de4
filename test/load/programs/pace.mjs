// Logs `count` numbered entries at `rate` a second, closes, and reports what it cost the app.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const [name, count, rate] = process.argv.slice(2);
const options = JSON.parse(process.env.TRACEHUB_TEST_OPTIONS);

const open = {
  async pino() {
    const { default: pino } = await import('pino');
    const { traceHubTransport } = await import('@tracehub/pino');
    const transport = traceHubTransport(options);
    return { logger: pino(transport), adapter: transport };
  },
  async winston() {
    const { default: winston } = await import('winston');
    const { TraceHubTransport } = await import('@tracehub/winston');
    const transport = new TraceHubTransport(options);
    return { logger: winston.createLogger({ transports: [transport] }), adapter: transport };
  },
  async bunyan() {
    const { default: bunyan } = await import('bunyan');
    const { traceHubStream } = await import('@tracehub/bunyan');
    const entry = traceHubStream(options);
    return { logger: bunyan.createLogger({ name: 'app', streams: [entry] }), adapter: entry.stream };
  },
};

const { logger, adapter } = await open[name]();
await sleep(200);
const rssBefore = process.memoryUsage.rss();
let rssMost = rssBefore;
let thrown = 0;
let slowestCall = 0;
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

const start = performance.now();
for (let logged = 0; logged < Number(count);) {
  // What a stall of this machine held up is not made up for in one burst: a burst is another test.
  const onTime = Math.floor(((performance.now() - start) * Number(rate)) / 1000);
  const due = Math.min(Number(count), onTime, logged + Number(rate) / 20);
  for (; logged < due; logged++) {
    const before = performance.now();
    try {
      logger.info(`entry ${logged}`);
    } catch {
      thrown++;
    }
    slowestCall = Math.max(slowestCall, performance.now() - before);
  }
  rssMost = Math.max(rssMost, process.memoryUsage.rss());
  await sleep(5);
}
const loggingMs = performance.now() - start;
delay.disable();
await adapter.close();
const report = {
  thrown,
  loggingMs,
  slowestCallMs: slowestCall,
  loopDelayMaxMs: delay.max / 1e6,
  rssGrowthMiB: (Math.max(rssMost, process.memoryUsage.rss()) - rssBefore) / 2 ** 20,
  stats: adapter.stats(),
};
console.log(`report ${JSON.stringify(report)}`);
