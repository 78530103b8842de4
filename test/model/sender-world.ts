import { type Sender, type SenderOptions, createSender } from '@tracehub/core-sender';
import type { Receipt } from '../../packages/core-sender/src/report/ledger.ts';
import { FakeClock } from '../../packages/core-sender/test/fake-clock.ts';
import { randomFrom } from '../crash/kit/size.ts';
import { type DeadLetters, readDeadLetters } from '../kit/dead-letters.ts';
import { advance } from './real-rest.ts';
import { SimulatedServer } from './simulated-server.ts';
import { WireRules } from './wire-rules.ts';

export type History = Required<
  Pick<
    SenderOptions,
    | 'batchSize'
    | 'maxBatchEntries'
    | 'maxBatchBytes'
    | 'maxBuffer'
    | 'overflow'
    | 'concurrency'
    | 'maxRetries'
    | 'flushInterval'
    | 'closeTimeout'
    | 'durable'
    | 'durableInterval'
  >
> & { hasQueue: boolean; random: number };

/** How long an attempt may take, in simulated ms. */
const TIMEOUT = 1_000;

/** A flush, and its receipt once it is there. */
export interface Flush {
  upTo: number;
  receipt: Receipt | undefined;
}

/** A whole sender on a simulated clock before a simulated server, with a real directory. */
export class SenderWorld {
  readonly clock: FakeClock = new FakeClock();
  readonly server: SimulatedServer;
  readonly flushes: Flush[] = [];
  /** Codes of the warnings. */
  readonly warned: Set<string> = new Set();
  readonly rules: WireRules;
  readonly dlqPath: string;
  readonly history: History;
  sender: Sender;
  closed: Receipt | undefined;

  constructor(history: History, dlqPath: string) {
    this.history = history;
    this.dlqPath = dlqPath;
    this.server = new SimulatedServer(this.clock, (post) => this.rules.check(post));
    this.rules = new WireRules(history, dlqPath, this.clock, this.server);
    // Two seconds before a year ends, so that batches meet its end.
    this.clock.setWall(Date.parse('2026-12-31T23:59:58.000Z'));
    this.sender = this.#start();
  }

  log(message: string, level: 'INFO' | 'ERROR'): void {
    this.rules.logged.push(message);
    this.sender.send({ level, message });
  }

  flush(upTo: number): void {
    const flush: Flush = { upTo, receipt: undefined };
    this.flushes.push(flush);
    void this.sender.flush().then((receipt) => (flush.receipt = receipt));
  }

  async pass(ms: number): Promise<void> {
    await advance(this.clock, ms);
  }

  /** Closes; gives the simulated ms that took, at most `ms`. */
  async close(ms: number): Promise<number> {
    void this.sender.close().then((receipt) => {
      this.closed = receipt;
      this.server.cut();
      this.rules.isClosed = true;
    });
    return advance(this.clock, ms, () => this.closed !== undefined);
  }

  /** As after a restart of the app: a new sender on the same directory, before a server that is well. */
  async restart(): Promise<void> {
    this.server.mode = { kind: 'well' };
    this.rules.startAnew();
    this.closed = undefined;
    this.sender = this.#start();
    await this.pass(RECOVERY);
  }

  readonly letters = (): DeadLetters => readDeadLetters(this.dlqPath);

  #start(): Sender {
    const { hasQueue, random, ...options } = this.history;
    return createSender(
      {
        ...options,
        apiKey: 'th_model',
        service: 'model',
        environment: 'test',
        endpoint: 'http://localhost',
        compress: false,
        timeout: TIMEOUT,
        dlqPath: hasQueue ? this.dlqPath : false,
        dispatcher: this.server,
      },
      {
        sdkVersion: 'model/0.0.0',
        emitWarning: (warning) => void this.warned.add((warning as NodeJS.ErrnoException).code ?? ''),
      },
      { clock: this.clock, random: randomFrom(random) },
    );
  }
}

/** Long enough for every wait a server asked for, the backoff after it, and a look for what waits on disk. */
export const RECOVERY = 300_000;
