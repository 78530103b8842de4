import { hostname } from 'node:os';
import { isMainThread, threadId } from 'node:worker_threads';
import type { ResolvedOptions } from '../options/options.ts';
import { COLUMN_LIMITS } from './limits.ts';
import type { AdapterProfile } from './record.ts';
import { cleanText, quote, sliceText } from './text.ts';

/** What a record says of where it was logged. */
export interface Place {
  host: string | undefined;
  pid: number | undefined;
  threadId: string | undefined;
}

/** The columns that say where an entry comes from. They are the same for nearly all, and are made once. */
export class Origin {
  readonly #service: string;
  readonly #host: string = hostname();
  readonly #threadId: string;
  #last: Place = { host: undefined, pid: undefined, threadId: undefined };
  #lastJson: string;

  constructor({ service, environment }: ResolvedOptions, { sdkVersion, threadId: thread }: AdapterProfile) {
    this.#service = [
      `"service":${column('service', service)}`,
      `"environment":${column('environment', environment)}`,
      `"sdk_version":${column('sdk_version', sdkVersion)}`,
    ].join(',');
    this.#threadId = thread ?? (isMainThread ? 'main' : `worker-${threadId}`);
    this.#lastJson = this.#write(this.#last);
  }

  /** As members of a JSON object, without the braces. */
  toJson(place: Place): string {
    const { host, pid, threadId: thread } = this.#last;
    if (place.host !== host || place.pid !== pid || place.threadId !== thread) {
      this.#last = { host: place.host, pid: place.pid, threadId: place.threadId };
      this.#lastJson = this.#write(place);
    }
    return this.#lastJson;
  }

  #write({ host = this.#host, pid = process.pid, threadId: thread = this.#threadId }: Place): string {
    return (
      `${this.#service},"host":${column('host', host)},"pid":${pid},` +
      `"thread_id":${column('thread_id', thread)}`
    );
  }
}

/** Text as JSON, as long as the server's column. */
export function column(name: keyof typeof COLUMN_LIMITS, text: string): string {
  return quote(sliceText(cleanText(text), COLUMN_LIMITS[name]));
}
