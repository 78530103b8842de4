import type { ResolvedOptions } from './options/options.ts';
import { Ledger, type Receipt } from './report/ledger.ts';
import type { Stats } from './report/stats.ts';
import type { Sender } from './sender-interface.ts';

/** `enabled: false`: accepts and discards, opens nothing, counts nothing. */
export class DisabledSender implements Sender {
  readonly options: ResolvedOptions;

  constructor(options: ResolvedOptions) {
    this.options = options;
  }

  send(): void {}

  stats(): Stats {
    return {
      accepted: 0,
      delivered: 0,
      deadLettered: 0,
      dropped: 0,
      drops: new Ledger().drops,
      pending: 0,
      durable: 0,
      rejected: 0,
      replayed: 0,
      requests: 0,
      retries: 0,
      rawBytes: 0,
      wireBytes: 0,
      unconfirmed: 0,
    };
  }

  flush(): Promise<Receipt> {
    return Promise.resolve({ delivered: 0, deadLettered: 0, dropped: 0 });
  }

  close(): Promise<Receipt> {
    return this.flush();
  }
}
