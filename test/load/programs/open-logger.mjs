/** How an app makes its logger with each adapter: gives the logger, and what has `stats()` and `close()`. */
const open = {
  async pino(options) {
    const { default: pino } = await import('pino');
    const { traceHubTransport } = await import('@tracehub/pino');
    const transport = traceHubTransport(options);
    return { logger: pino(transport), adapter: transport };
  },
  async winston(options) {
    const { default: winston } = await import('winston');
    const { TraceHubTransport } = await import('@tracehub/winston');
    const transport = new TraceHubTransport(options);
    return { logger: winston.createLogger({ transports: [transport] }), adapter: transport };
  },
  async bunyan(options) {
    const { default: bunyan } = await import('bunyan');
    const { traceHubStream } = await import('@tracehub/bunyan');
    const entry = traceHubStream(options);
    return { logger: bunyan.createLogger({ name: 'app', streams: [entry] }), adapter: entry.stream };
  },
};

export function openLogger(name, options) {
  return open[name](options);
}
