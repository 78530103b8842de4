import { BatchWorker } from '../../packages/core-sender/src/batch/batch-worker.ts';
import { inSendOrder } from '../../packages/core-sender/src/batch/batch.ts';
import { RingBuffer } from '../../packages/core-sender/src/buffer/ring-buffer.ts';
import type {
  AppendResult,
  DeadLetterQueue,
} from '../../packages/core-sender/src/dead-letters/dead-letter-queue.ts';
import type { EncodedEntry } from '../../packages/core-sender/src/entry/encoded-entry.ts';
import { Drops } from '../../packages/core-sender/src/report/drops.ts';
import { Ledger, type Receipt } from '../../packages/core-sender/src/report/ledger.ts';
import { Warnings } from '../../packages/core-sender/src/report/warnings.ts';
import type { BatchOwner, Delivery } from '../../packages/core-sender/src/send/delivery.ts';
import { LiveBatches } from '../../packages/core-sender/src/send/live-batches.ts';
import { FakeClock } from '../../packages/core-sender/test/fake-clock.ts';
import { entryWith } from '../kit/encoded-entries.ts';
import { type Disk, type Item, type Limits, YEAR } from './batch-worker-model.ts';

interface Sent {
  own: EncodedEntry[];
  entries: EncodedEntry[];
  owner: BatchOwner;
  end: () => void;
}

/** The real ring, worker, holder of batches and ledger; server and disk answer when the test says so. */
export class BatchWorkerWorld {
  readonly clock: FakeClock = new FakeClock();
  readonly ledger: Ledger = new Ledger();
  readonly ring: RingBuffer;
  readonly worker: BatchWorker;
  readonly live: LiveBatches;
  disk: Disk = 'well';
  readonly limits: { entries: number; bytes: number };
  readonly gate: { isOpen: boolean; failed: () => void } = {
    isOpen: true,
    // As the real one, which tells the sender of its moves.
    failed: () => {
      this.gate.isOpen = false;
      this.worker.pump();
    },
  };
  /** Batches that left since they were last looked at. */
  left: { seqs: number[]; notice: number }[] = [];
  readonly sent: Sent[] = [];
  readonly receipts: (Receipt | undefined)[] = [];
  readonly turns: boolean[] = [];
  readonly #overflow: Limits['overflow'];
  readonly #writes: { done: (result: AppendResult) => void; isReject: boolean }[] = [];

  constructor(limits: Limits, maxBatchBytes: number) {
    this.limits = { entries: limits.entries, bytes: maxBatchBytes };
    this.#overflow = limits.overflow;
    this.ring = new RingBuffer(limits.capacity, limits.maxBytes);
    const warnings = new Warnings(this.clock, () => {});
    this.live = new LiveBatches({
      ring: this.ring,
      // Both are classes with private parts; what the holder of batches uses of them is all here.
      delivery: this.#delivery() as unknown as Delivery,
      queue: limits.hasQueue ? (this.#queue() as unknown as DeadLetterQueue) : undefined,
      durable: undefined,
      ledger: this.ledger,
      drops: new Drops(this.ledger, warnings, this.clock),
      warnings,
      encodeOwn({ message }) {
        const own = entryWith({ ...OWN, json: String(message) });
        own.isSettled = true;
        return own;
      },
    });
    this.worker = new BatchWorker(this.ring, this.live, limits, this.clock);
  }

  /** As `send()` does. */
  push(items: readonly Item[]): void {
    for (const item of items) {
      const entry = toEntry({ ...item, seq: this.ledger.accept() });
      this.live.push(entry, this.#overflow);
      this.worker.pushed();
    }
  }

  /** As `flush()` does. */
  flush(): void {
    const index = this.receipts.push(undefined) - 1;
    void this.ledger.receipt().then((receipt) => (this.receipts[index] = receipt));
    this.worker.flush(this.ledger.accepted);
  }

  askForTurn(): void {
    const index = this.turns.push(false) - 1;
    void this.worker.replayTurn().then(() => (this.turns[index] = true));
  }

  /** As `close()` does when its time is up. */
  stop(): void {
    this.worker.stop();
    this.live.spill([...this.worker.inFlight(), ...this.ring.takeAll()]);
  }

  /** The server has the first entries of a batch, and the others come to another end. */
  async answer(place: number, delivered: number, other: 'kept' | 'rejected'): Promise<void> {
    const [{ own, entries, owner, end }] = this.sent.splice(place, 1) as [Sent];
    if (delivered > 0) owner.delivered([...own, ...entries.slice(0, delivered)]);
    const rest = entries.slice(delivered);
    const isEmpty = rest.length === 0;
    if (delivered === 0) rest.unshift(...own);
    if (!isEmpty && other === 'kept') await owner.kept(rest, 'planned');
    if (!isEmpty && other === 'rejected') await owner.rejected(rest, 'planned');
    end();
  }

  answerDisk(): void {
    const { done, isReject } = this.#writes.shift()!;
    if (this.disk === 'well') done('kept');
    else done(this.disk === 'full' || isReject ? 'dlq-full' : 'dlq-error');
  }

  #delivery(): Pick<Delivery, 'limits' | 'deliver'> & { gate: BatchWorkerWorld['gate'] } {
    return {
      limits: this.limits,
      gate: this.gate,
      deliver: (all, owner) =>
        new Promise((end) => {
          const own = all.filter(({ seq }) => seq === OWN.seq);
          const entries = all.filter(({ seq }) => seq !== OWN.seq);
          this.left.push({
            seqs: inSendOrder(entries).map(({ seq }) => seq),
            notice: Number(/dropped (\d+) entries/.exec(own[0]?.json ?? '')?.[1] ?? 0),
          });
          this.sent.push({ own, entries, owner, end });
        }),
    };
  }

  #queue(): Pick<DeadLetterQueue, 'isUsable' | 'append' | 'appendSync' | 'reject'> {
    const isUsable = (): boolean => this.disk !== 'broken';
    const write = (isReject: boolean): Promise<AppendResult> =>
      isUsable()
        ? new Promise((done) => this.#writes.push({ done, isReject }))
        : Promise.resolve('dlq-error');
    return {
      get isUsable() {
        return isUsable();
      },
      append: () => write(false),
      reject: () => write(true),
      appendSync: ({ length }) => {
        if (this.disk === 'well') return { kept: length, result: 'kept' };
        return this.disk === 'full'
          ? { kept: Math.floor(length / 2), result: 'dlq-full' }
          : { kept: 0, result: 'dlq-error' };
      },
    };
  }
}

/** What the sender itself says stands outside the sequence. */
const OWN = { seq: -1, year: YEAR, issueKey: undefined };

function toEntry(item: Item): EncodedEntry {
  return entryWith(item);
}
