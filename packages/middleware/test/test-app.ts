import { getTraceId } from '@tracehub/core-sender/trace';
import { expect, vi } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import type { TraceHubMiddlewareOptions } from '../src/options.ts';
import type { RequestLine } from '../src/request-line.ts';
import { type Listener, type TestServer, startServer } from './test-server.ts';

/** What the app of each framework is given. */
export interface AppParts {
  options: TraceHubMiddlewareOptions;
  /** Thrown by `GET /orders/:id/fail`. */
  failure: Error;
  /** Thrown by `GET /orders/:id/refuse`; frameworks answer with its status. */
  refusal: Error;
  /** Where the app's own error handler, the framework's last resort, puts what reaches it. */
  handled: unknown[];
  /** Two chunks; the second comes when the test says so. */
  chunks(): AsyncGenerator<string>;
}

/**
 * The app, for `createServer()`. Its routes:
 * `GET /orders/:id` answers `{ seen }` from `walk()`; `POST /orders/:id` the same after reading the JSON body
 * `{ item }`, which it answers too; `GET /orders/:id/fail` and `/refuse` throw; `GET /stream` streams the chunks;
 * `GET /health` answers `{ seen }`.
 */
export type MakeApp = (parts: AppParts) => Listener | Promise<Listener>;

/** An app under way. */
export interface StartedApp {
  server: TestServer;
  parts: AppParts;
  /** Lines with the trace id of the context in which they were written. */
  lines: (RequestLine & { traceId: string | undefined })[];
  /** Resolves when there are so many lines. */
  linesWritten: (count: number) => Promise<void>;
  /** Resolves when the stream has begun. */
  streaming: Promise<void>;
  /** Lets the second chunk go. */
  release: () => void;
}

/** Starts the app of a framework behind a real socket. */
export async function startApp(
  makeApp: MakeApp,
  options: TraceHubMiddlewareOptions = {},
): Promise<StartedApp> {
  const lines: StartedApp['lines'] = [];
  let onBegin = (): void => {};
  let onRelease = (): void => {};
  const streaming = new Promise<void>((resolve) => (onBegin = resolve));
  const released = new Promise<void>((resolve) => (onRelease = resolve));
  const parts: AppParts = {
    options: { log: (line) => lines.push({ ...line, traceId: getTraceId() }), ...options },
    failure: new Error('broken'),
    refusal: Object.assign(new Error('no such order'), { status: 404, statusCode: 404 }),
    handled: [],
    async *chunks() {
      yield 'one ';
      onBegin();
      await released;
      yield 'two';
    },
  };
  const server = await startServer(await makeApp(parts));
  afterTest(onRelease);
  return {
    server,
    parts,
    lines,
    linesWritten: (count) => vi.waitFor(() => expect(lines).toHaveLength(count), 5_000),
    streaming,
    release: onRelease,
  };
}
