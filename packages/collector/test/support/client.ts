import { gzipSync } from 'node:zlib';
import type { Collector, IssuesAnswer, LogsAnswer, OverviewAnswer } from '../../src/index.ts';

/** An entry every server accepts, with the fields given on top. */
export function entry(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { level: 'INFO', message: 'hello', timestamp: '2026-11-22T10:00:00.000000Z', ...fields };
}

export interface Answer {
  status: number;
  headers: Headers;
  // What a body holds is what the test is about.
  json: {
    accepted?: number;
    rejected?: { index: number; field: string; reason: string }[];
    detail?: unknown;
  };
}

/** Posts a body as it stands, or a value as JSON. */
export async function post(
  collector: Collector,
  body: unknown,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Answer> {
  const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await fetch(`${collector.url}/api/v1/ingest`, {
    method,
    headers: { 'x-api-key': String(collector.developmentKey), ...headers },
    body: raw,
  });
  return {
    status: response.status,
    headers: response.headers,
    json: (await response.json()) as Answer['json'],
  };
}

/** Posts a value as gzipped JSON. */
export function postGzip(collector: Collector, value: unknown, encoding = 'gzip'): Promise<Answer> {
  return post(collector, gzipSync(JSON.stringify(value)), { 'content-encoding': encoding });
}

async function get<T>(collector: Collector, path: string, query: Record<string, string>): Promise<T> {
  const response = await fetch(`${collector.url}${path}?${new URLSearchParams(query).toString()}`);
  const json = (await response.json()) as T;
  if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(json)}`);
  return json;
}

export const logs = (collector: Collector, query: Record<string, string> = {}): Promise<LogsAnswer> =>
  get(collector, '/api/v1/logs', query);
export const issues = (collector: Collector, query: Record<string, string> = {}): Promise<IssuesAnswer> =>
  get(collector, '/api/v1/issues', query);
export const overview = (collector: Collector, query: Record<string, string> = {}): Promise<OverviewAnswer> =>
  get(collector, '/api/v1/stats/overview', query);
