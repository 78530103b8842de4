import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord } from '@tracehub/collector';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { TestProject } from './reading-kit.ts';

/** A reader of the tail. */
export interface TailClient {
  readonly logs: LogRecord[];
  readonly lastId: string;
  /** How often it was told that it had fallen too far behind to continue. */
  readonly resets: number;
  /** Resolves once `count` entries are there. */
  until(count: number): Promise<LogRecord[]>;
  forSome(milliseconds: number): Promise<void>;
  close(): Promise<void>;
  readonly ended: Promise<void>;
}

/** Opens a tail and waits until it is ready: everything stored from then on will come. */
export async function openTail(
  project: Pick<TestProject, 'url' | 'token'>,
  { query = '', lastId }: { query?: string; lastId?: string } = {},
): Promise<TailClient> {
  const abort = new AbortController();
  const response = await fetch(`${project.url}/api/v1/logs/tail?${query}`, {
    headers: {
      authorization: `Bearer ${project.token}`,
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    },
    signal: abort.signal,
  });
  if (response.status !== 200) {
    const { detail } = (await response.json()) as { detail: string };
    throw new Error(`${response.status} ${detail}`);
  }
  const logs: LogRecord[] = [];
  let latest = lastId ?? '';
  let resets = 0;
  let wake = (): void => {};
  let isReady = false;
  const stream = (response.body as ReadableStream<Uint8Array>)
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  const ended = (async () => {
    try {
      for await (const { event, id, data } of stream) {
        if (event === 'reset') resets += 1;
        if (event === 'logs') logs.push(...(JSON.parse(data) as LogRecord[]));
        latest = id ?? latest;
        isReady = true;
        wake();
      }
    } catch (error) {
      if (!abort.signal.aborted) throw error;
    }
  })();
  const isTrue = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      await Promise.race([ended, new Promise<void>((resolve) => (wake = resolve))]);
    }
  };
  await isTrue(() => isReady);
  return {
    logs,
    get lastId() {
      return latest;
    },
    get resets() {
      return resets;
    },
    ended,
    async until(count) {
      await isTrue(() => logs.length >= count);
      return logs;
    },
    forSome: (milliseconds) => sleep(milliseconds),
    async close() {
      abort.abort();
      await ended;
    },
  };
}
