import { createHash } from 'node:crypto';
import type { Entry } from '@tracehub/core-sender';
import { levelFromName } from '@tracehub/core-sender';
import { Enricher, MAX_PID, systemClock } from '@tracehub/core-sender/dead-letters';
import type { OptionsInspection } from '@tracehub/core-sender/dead-letters';

/** A line made an entry the server stores, or why it is none. */
export type ReadLine = { json: string } | { fault: string };

/** Fields the encoder is told of by other ways than as fields. */
const USED = new Set(['id', 'level', 'message', 'timestamp', 'service', 'environment', 'sdk_version']);

/**
 * Makes entries of another SDK's lines, through our own encoder: whatever a line holds, the entry keeps the server's
 * rules. The same line of the same file always becomes the same entry, so that an import that was killed and begins
 * anew doubles nothing where entries are stored by id.
 */
export class ForeignLines {
  readonly #options: OptionsInspection['options'];
  readonly #file: string;
  readonly #wall: number;
  readonly #enrichers = new Map<string, Enricher>();

  /** `writtenAt`: epoch ms at which the file was written last; times are judged by it, not by now. */
  constructor(options: OptionsInspection['options'], file: string, writtenAt: number) {
    this.#options = options;
    this.#file = file;
    this.#wall = writtenAt;
  }

  /** Reads line `number`, counted from 1. */
  read(line: string, number: number): ReadLine {
    let value: unknown;
    try {
      value = JSON.parse(withoutNaN(line));
    } catch (error) {
      return { fault: `no JSON (${(error as Error).message})` };
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { fault: 'no JSON object' };
    const entry = value as Partial<Record<keyof Entry, unknown>>;
    if (entry.message === undefined && entry.level === undefined)
      return { fault: 'neither message nor level' };
    return { json: this.#encode(entry, line, number) };
  }

  #encode(entry: Partial<Record<keyof Entry, unknown>>, line: string, number: number): string {
    const level = levelFromName(String(entry.level));
    const enricher = this.#enricherOf(entry);
    const encoded = enricher.encode(
      {
        level: level ?? 'INFO',
        message: entry.message ?? '',
        time: entry.timestamp,
        fields: {
          ...entry,
          ...placeOf(entry),
          ...(level === undefined ? { original_level: entry.level } : {}),
        },
        used: USED,
        traceId: undefined,
      },
      number,
    );
    return encoded.json.replace(/^\{"id":"[^"]*"/, `{"id":"${this.#idOf(entry, line, number)}"`);
  }

  /** An entry of ours that was exported keeps its id. */
  #idOf({ id }: Partial<Record<keyof Entry, unknown>>, line: string, number: number): string {
    if (typeof id === 'string' && /^[\w.:-]{1,128}$/.test(id)) return id;
    const hash = createHash('sha256').update(`${this.#file}\n${number}\n${line}`).digest('hex');
    return `${hash.slice(0, 16)}-${number}`;
  }

  /** An encoder writes the service, environment and SDK version of all its entries once. */
  #enricherOf(entry: Partial<Record<keyof Entry, unknown>>): Enricher {
    const service = text(entry.service) ?? (this.#options.service || 'unknown');
    const environment = text(entry.environment) ?? (this.#options.environment || 'unknown');
    const sdkVersion = text(entry.sdk_version) ?? 'unknown';
    const key = JSON.stringify([service, environment, sdkVersion]);
    let enricher = this.#enrichers.get(key);
    if (!enricher) {
      const options = { ...this.#options, service, environment, redact: undefined };
      const profile = { sdkVersion, hostKey: 'host', pidKey: 'pid' };
      enricher = new Enricher(options, profile, { ...systemClock, wall: () => this.#wall });
      this.#enrichers.set(key, enricher);
    }
    return enricher;
  }
}

/**
 * Host and process of a line. Where it does not say them they are unknown: not those of this import, which would be another
 * process each time, and the entry another one under the same id.
 */
function placeOf({ host, pid }: Partial<Record<keyof Entry, unknown>>): Record<string, unknown> {
  const isPid = Number.isInteger(pid) && (pid as number) >= 0 && (pid as number) <= MAX_PID;
  return {
    host: text(host) ?? 'unknown',
    ...(isPid ? {} : { pid: 0, original_pid: pid }),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Python writes NaN and Infinity, which are not JSON; outside of strings they become the text they are. */
function withoutNaN(line: string): string {
  if (!/NaN|Infinity/.test(line)) return line;
  return line.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (part) =>
    part.startsWith('"') ? part : `"${part}"`,
  );
}
