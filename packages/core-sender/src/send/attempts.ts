import type { EncodedEntry } from '../entry/encoded-entry.ts';
import type { ResolvedOptions } from '../options/options.ts';
import type { Traffic } from '../report/traffic.ts';
import { type Body, BodyEncoder } from './encode-body.ts';
import type { HttpTransport } from './http-transport.ts';
import { type Outcome, answerToOutcome, failureToOutcome } from './outcome.ts';

/** Not gzipped, which takes a while in which the server may ask for a wait. */
const EMPTY: Body = { bytes: Buffer.from('[]'), isGzipped: false, rawBytes: 2 };

/** Makes requests and says what their answers mean; counts what goes over the wire. Never rejects. */
export class Attempts {
  readonly #transport: HttpTransport;
  readonly #encoder: BodyEncoder;
  readonly #traffic: Traffic;

  constructor(transport: HttpTransport, options: ResolvedOptions, traffic: Traffic) {
    this.#transport = transport;
    this.#encoder = new BodyEncoder(options.compress ? options.compressionLevel : undefined);
    this.#traffic = traffic;
  }

  encode(entries: readonly EncodedEntry[]): Promise<Body> {
    return this.#encoder.encode(entries);
  }

  /** Posts a body with `count` entries once. */
  async make(body: Body, count: number): Promise<Outcome> {
    this.#traffic.requests++;
    this.#traffic.rawBytes += body.rawBytes;
    this.#traffic.wireBytes += body.bytes.length;
    try {
      const outcome = answerToOutcome(await this.#transport.post(body), count);
      if (outcome.kind === 'delivered' && outcome.unconfirmed) this.#traffic.unconfirmed += count;
      return outcome;
    } catch (error) {
      return failureToOutcome(error);
    }
  }

  /** Posts an empty batch: the only honest question after the server's health (contract.md 1). */
  probe(): Promise<Outcome> {
    return this.make(EMPTY, 0);
  }

  /** A batch is sent again. */
  retried(): void {
    this.#traffic.retries++;
  }
}
