import { FakeClock } from '../../packages/core-sender/test/fake-clock.ts';
import { EntryMint } from '../../packages/core-sender/src/entry/entry-mint.ts';
import type { EncodedEntry } from '../../packages/core-sender/src/entry/encoded-entry.ts';
import { Enricher } from '../../packages/core-sender/src/entry/enricher.ts';
import { LineEncoder } from '../../packages/core-sender/src/entry/line-encoder.ts';
import { resolveOptions } from '../../packages/core-sender/src/index.ts';
import { LineReader } from '../../packages/pino/src/line-reader.ts';
import { PINO_DEFAULTS, type PinoConfig } from '../../packages/pino/src/pino-config.ts';
import { pinoProfile } from '../../packages/pino/src/profile.ts';
import { senderOptions } from '../kit/sender-options.ts';

/** What a line became. */
export type Path = 'spliced' | 'parsed' | 'left out';

/** The two ways from a line of pino to an entry, side by side: the one that splices where it can, and the one that parses. */
export class LinePaths {
  readonly #reader: LineReader;
  readonly #splicing: { lines: LineEncoder; enricher: Enricher };
  readonly #parsing: { enricher: Enricher };
  readonly #ids: RegExp;
  #seq = 1;

  constructor(wall: number, config: Partial<PinoConfig> = {}, level?: string, idInExtra = false) {
    const { options } = resolveOptions(senderOptions('http://127.0.0.1:1', { idInExtra }));
    this.#reader = new LineReader(level);
    this.#reader.configure({ ...PINO_DEFAULTS, ...config });
    const profile = pinoProfile(this.#reader, { threadId: 'main' });
    const clock = new FakeClock();
    clock.setWall(wall);
    const mint = new EntryMint(options, profile);
    const lines = new LineEncoder(mint, options, profile, clock);
    this.#splicing = { lines, enricher: new Enricher(options, profile, clock, mint) };
    const other = new EntryMint(options, profile);
    this.#parsing = { enricher: new Enricher(options, profile, clock, other) };
    this.#ids = new RegExp(`${mint.id('')}|${other.id('')}`, 'g');
  }

  /** @throws Error if the two ways differ in anything. */
  compare(given: string): Path {
    // As it comes out of the other thread.
    const bytes = Buffer.from(`${given}\n`);
    const line = bytes.toString('utf8', 0, bytes.length - 1);
    const { path, entry } = this.#splice(bytes, line);
    const expected = this.#parse(line, this.#parsing.enricher);
    const [got, want] = [this.#toText(entry), this.#toText(expected)];
    if (got !== want) throw new Error(`${path}, a line gives another entry\n${line}\n${got}\n${want}`);
    if (expected) this.#seq++;
    return entry ? path : 'left out';
  }

  #splice(bytes: Buffer, line: string): { path: Path; entry: EncodedEntry | undefined } {
    const { lines, enricher } = this.#splicing;
    const level = lines.read(bytes, 0, bytes.length - 1);
    if (!level) return { path: 'parsed', entry: this.#parse(line, enricher) };
    return { path: 'spliced', entry: level.isWanted ? lines.encode(this.#seq) : undefined };
  }

  #parse(line: string, enricher: Enricher): EncodedEntry | undefined {
    const record = this.#reader.read(line);
    return record && enricher.encode(record, this.#seq);
  }

  #toText(entry: EncodedEntry | undefined): string {
    if (!entry) return 'no entry';
    const { seq, issueKey, year, acceptedAt } = entry;
    return `${entry.json.replaceAll(this.#ids, 'id-')}\n${JSON.stringify({ seq, issueKey, year, acceptedAt })}`;
  }
}
