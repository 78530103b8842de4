import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord } from '@tracehub/collector';
import { createParser } from 'eventsource-parser';
import { EnvHttpProxyAgent, request } from 'undici';
import { CliError, EXIT } from '../cli-error.ts';
import { connectionWords } from '../http/failure-words.ts';
import { detailOf } from './detail.ts';
import type { TailEvent } from './tail-event.ts';

/** The server gives a sign of life every 15 s; three times that without one, and the connection is dead. */
const SILENCE_MS = 45_000;
const CONNECT_MS = 10_000;
/** Between attempts to come back: doubled each time, and spread, so that not all readers return at once. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * Follows `GET /api/v1/logs/tail`. After a lost connection it goes on where it was, by `Last-Event-ID`: nothing is left
 * out or said twice. Ends with `signal`.
 *
 * @throws CliError where the server refuses, or cannot be reached at the very start.
 */
export async function* follow(
  url: URL,
  headers: Record<string, string>,
  signal: AbortSignal,
): AsyncGenerator<TailEvent> {
  const position: Position = { id: undefined, wasReady: false };
  let failures = 0;
  while (!signal.aborted) {
    const dispatcher = makeDispatcher();
    try {
      for await (const event of connection(url, headers, position, dispatcher, signal)) {
        failures = 0;
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CliError) throw error;
      const reason = error instanceof Refusal ? error.message : connectionWords(error);
      if (!position.wasReady) throw new CliError(`${url.origin}: ${reason}`, EXIT.problem);
      yield { kind: 'lost', reason };
    } finally {
      await dispatcher.destroy().catch(() => {});
    }
    const wait = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS);
    failures++;
    await sleep(wait * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
  }
}

/** How far we have come. */
interface Position {
  /** The id of the last event, from which to go on. */
  id: string | undefined;
  wasReady: boolean;
}

/** A refusal that may pass. */
class Refusal extends Error {
  override readonly name = 'Refusal';
}

function makeDispatcher(): EnvHttpProxyAgent {
  return new EnvHttpProxyAgent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: CONNECT_MS,
    bodyTimeout: SILENCE_MS,
  });
}

/** The events of one connection; ends when the server ends it in good order. */
async function* connection(
  url: URL,
  headers: Record<string, string>,
  position: Position,
  dispatcher: EnvHttpProxyAgent,
  signal: AbortSignal,
): AsyncGenerator<TailEvent> {
  const { statusCode, body } = await request(url, {
    dispatcher,
    signal,
    headers: {
      ...headers,
      accept: 'text/event-stream',
      ...(position.id === undefined ? {} : { 'last-event-id': position.id }),
    },
  });
  if (statusCode !== 200) throw refusal(statusCode, await body.text().catch(() => ''), position);
  const events: TailEvent[] = [];
  const parser = createParser({
    onEvent({ event, id, data }) {
      position.id = id ?? position.id;
      if (event === 'logs') events.push({ kind: 'logs', logs: JSON.parse(data) as LogRecord[] });
      else if (event === 'reset') events.push({ kind: 'gap' });
      else if (event === 'ready') {
        position.wasReady = true;
        events.push({ kind: 'ready' });
      }
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk as Buffer, { stream: true }));
    yield* events.splice(0);
  }
}

function refusal(status: number, text: string, position: Position): Error {
  const detail = detailOf(text);
  // The id is of another time, or another server's: begin anew.
  if (status === 422 && position.id !== undefined) {
    position.id = undefined;
    return new Refusal('the server does not know where we were');
  }
  if (status === 401 || status === 403) {
    return new CliError(
      `the server does not let us read (${status}): ${detail}; --read-token, or TRACEHUB_READ_TOKEN`,
    );
  }
  if (status === 422) return new CliError(`the server refuses a filter: ${detail}`);
  if (status === 404) {
    return new CliError('this server has no live tail: only the TraceHub collector has one', EXIT.problem);
  }
  return new Refusal(`status ${status}: ${detail}`);
}
