import fs from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { entryWith } from '../../../test/kit/encoded-entries.ts';
import { type Clock, systemClock } from '../src/clock.ts';
import type { EncodedEntry } from '../src/entry/encoded-entry.ts';
import type { Entry } from '../src/entry/entry.ts';
import type { ResolvedOptions, SenderOptions } from '../src/options/options.ts';
import { resolveOptions } from '../src/options/resolve-options.ts';
import type { Stats } from '../src/report/stats.ts';
import { Warnings } from '../src/report/warnings.ts';

/** Nobody listens on it. */
export const DEAD_ENDPOINT = 'http://127.0.0.1:9';

export const IDENTITY = { apiKey: 'th_test', service: 'shop', environment: 'test' } as const;

/** Complete options of a sender that reaches nothing; the test's environment variables play no part. */
export function optionsWith(given: SenderOptions = {}): ResolvedOptions {
  return resolveOptions({ ...IDENTITY, endpoint: DEAD_ENDPOINT, dlqPath: false, ...given }, {}).options;
}

/** A directory that is gone after the test. */
export function temporaryDirectory(): string {
  const path = fs.mkdtempSync(join(tmpdir(), 'tracehub-test-'));
  afterTest(() => fs.rmSync(path, { recursive: true, force: true }));
  return path;
}

/** An entry as the enricher makes them. */
export function encodedEntry(seq: number, given: Partial<Entry> & { issueKey?: string } = {}): EncodedEntry {
  const { issueKey, ...fields } = given;
  const entry: Entry = {
    id: `test-${seq}`,
    level: issueKey === undefined ? 'INFO' : 'ERROR',
    timestamp: new Date().toISOString().replace('Z', '000Z'),
    service: 'shop',
    environment: 'test',
    host: 'h',
    pid: 1,
    thread_id: 'main',
    sdk_version: 'test/1.0.0',
    message: `message ${seq}`,
    ...fields,
  };
  return entryWith({
    seq,
    json: JSON.stringify(entry),
    issueKey,
    year: Number(entry.timestamp.slice(0, 4)),
  });
}

/** `count` entries from `first` on. */
export function encodedEntries(count: number, first = 1): EncodedEntry[] {
  return Array.from({ length: count }, (_, index) => encodedEntry(first + index));
}

export interface SeenWarnings {
  warnings: Warnings;
  all: { code: string; message: string }[];
  codes: string[];
  emit: (warning: Error) => void;
}

/** Warnings, and what was said. */
export function seenWarnings(clock: Clock = systemClock): SeenWarnings {
  const all: { code: string; message: string }[] = [];
  const codes: string[] = [];
  const emit = (warning: Error): void => {
    const { code = '' } = warning as NodeJS.ErrnoException;
    all.push({ code, message: warning.message });
    codes.push(code);
  };
  return { warnings: new Warnings(clock, emit), all, codes, emit };
}

export interface Post {
  entries: Entry[];
  headers: http.IncomingHttpHeaders;
  rawBytes: number;
}

export interface TestServer {
  url: string;
  posts: Post[];
  /** Entries that were answered with 202. */
  stored: Entry[];
}

export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Answers a post; nothing: as TraceHub does, 202 with the number of entries. `'hang'`: never. */
export type Answer = (post: Post) => Reply | 'hang' | undefined;

/** A real HTTP server on loopback that ends with the test. */
export async function ingestServer(answer: Answer = () => undefined): Promise<TestServer> {
  const posts: Post[] = [];
  const stored: Entry[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const data = Buffer.concat(chunks);
      const json = request.headers['content-encoding'] === 'gzip' ? gunzipSync(data) : data;
      const entries = JSON.parse(json.toString('utf8')) as Entry[];
      const post = { entries, headers: request.headers, rawBytes: json.length };
      posts.push(post);
      const reply = answer(post) ?? { status: 202, body: { accepted: entries.length } };
      if (reply === 'hang') return;
      if (reply.status === 202) stored.push(...entries);
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      response.end(
        typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? { detail: 'no' }),
      );
    });
  });
  const url = await listen(server);
  afterTest(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url, posts, stored };
}

export interface RawServer {
  url: string;
  sockets: net.Socket[];
}

/** A TCP server on loopback; `onSocket` says what it does with each connection. */
export async function rawServer(onSocket: (socket: net.Socket) => void): Promise<RawServer> {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  const url = await listen(server);
  afterTest(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url, sockets };
}

async function listen(server: net.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Waits until `ask` gives something; fails after `ms`. */
export async function until<T>(ask: () => T, what: string, ms = 5_000): Promise<NonNullable<T>> {
  const end = performance.now() + ms;
  for (;;) {
    const found = ask();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function expectBalanced(stats: Stats): void {
  expect(stats.delivered + stats.deadLettered + stats.dropped + stats.pending).toBe(stats.accepted);
  expect(Object.values(stats.drops).reduce((sum, count) => sum + count, 0)).toBe(stats.dropped);
  expect(stats.pending).toBeGreaterThanOrEqual(0);
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
