import type { ResolvedOptions } from './options/options.ts';
import type { Receipt } from './report/ledger.ts';
import { NO_STATS, type Stats } from './report/stats.ts';
import type { Sender } from './sender-interface.ts';

/** `enabled: false`: accepts and discards, opens nothing, counts nothing. */
export class DisabledSender implements Sender {
  readonly options: ResolvedOptions;

  constructor(options: ResolvedOptions) {
    this.options = options;
  }

  send(): void {}

  sendLine(): boolean {
    return true;
  }

  stats(): Stats {
    return NO_STATS;
  }

  flush(): Promise<Receipt> {
    return Promise.resolve({ delivered: 0, deadLettered: 0, dropped: 0 });
  }

  close(): Promise<Receipt> {
    return this.flush();
  }
}
