import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { LogRecord } from '../../src/read/answers.ts';
import { ApiError, call, pathOf } from './api.ts';
import type { Filters } from './filters.ts';

/** What happens to a tail. */
export interface TailEvents {
  onLogs: (logs: LogRecord[]) => void;
  /** Entries may be missing between what was seen and what comes: the list has to be read anew. Also the first event. */
  onBegin: () => void;
  onState: (state: 'live' | 'waiting') => void;
  /** It cannot go on. */
  onError: (error: ApiError) => void;
}

/** Follows the log until `signal` says so; a lost connection is made again where it was. EventSource cannot send the token. */
export async function followTail(filters: Filters, events: TailEvents, signal: AbortSignal): Promise<void> {
  let lastId: string | undefined;
  let retry = 1000;
  while (!signal.aborted) {
    try {
      const headers: Record<string, string> = lastId === undefined ? {} : { 'last-event-id': lastId };
      const response = await call(pathOf('/api/v1/logs/tail', { ...filters }), { headers, signal });
      const stream = (response.body as ReadableStream<BufferSource>)
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream({ onRetry: (interval) => void (retry = interval) }));
      const reader = stream.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        if (value.event === 'ready') {
          if (lastId === undefined) events.onBegin();
          events.onState('live');
        }
        if (value.event === 'reset') events.onBegin();
        if (value.event === 'logs') events.onLogs(JSON.parse(value.data) as LogRecord[]);
        lastId = value.id ?? lastId;
      }
    } catch (error) {
      if (signal.aborted) return;
      // Too many readers, or nobody there: worth another try. Anything else would be refused again.
      if (error instanceof ApiError && error.status >= 400 && error.status < 500)
        return events.onError(error);
    }
    events.onState('waiting');
    await new Promise((resolve) => setTimeout(resolve, retry));
  }
}
