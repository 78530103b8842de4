import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a collector counts, in Prometheus's terms. */
export interface Metrics {
  readonly registry: Registry;
  /** Entries answered for with "accepted", those sent before included. */
  readonly accepted: Counter;
  /** Entries refused with a reason, at the door or by the database. */
  readonly rejected: Counter;
  /** Answers to posts. */
  readonly requests: Counter<'status'>;
  /** Entries stored by this process. */
  readonly stored: Counter;
  /** Entries that had been stored before. */
  readonly duplicates: Counter;
  /** Entries the database refused. */
  readonly refused: Counter;
  /** Entries that senders report as dropped, in entries stored by this process. */
  readonly reportedDropped: Counter;
  /** Time to store one group. */
  readonly storeSeconds: Histogram;
}

/** Counters of one collector. `depth` is asked when somebody looks; a queue that does not answer shows nothing. */
export function createMetrics(depth: () => Promise<number>): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string): Counter =>
    new Counter({ name: `tracehub_${name}_total`, help, registers });
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'tracehub_queue_batches',
    help: 'Batches that wait to be stored',
    registers,
    async collect() {
      try {
        this.set(await depth());
      } catch {
        this.remove();
      }
    },
  });
  return {
    registry,
    accepted: counter('entries_accepted', 'Entries accepted, repeated ones included'),
    rejected: counter('entries_rejected', 'Entries refused with a reason'),
    requests: new Counter({
      name: 'tracehub_ingest_requests_total',
      help: 'Posts to the ingest route by the status of the answer',
      labelNames: ['status'],
      registers,
    }),
    stored: counter('entries_stored', 'Entries stored by this process'),
    duplicates: counter('entries_duplicate', 'Entries that had been stored before'),
    refused: counter('entries_refused', 'Entries the database refused'),
    reportedDropped: counter(
      'entries_reported_dropped',
      'Entries that senders gave up, as they report in entries stored by this process',
    ),
    storeSeconds: new Histogram({
      name: 'tracehub_store_seconds',
      help: 'Time to store a group of entries',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
  };
}
