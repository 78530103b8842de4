import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../src/server.ts';
import { long } from './support/bad-entries.ts';
import { entry, type Answer } from './support/client.ts';
import { failingAfter, partsOn } from './support/fake-database.ts';

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  maxLength?: number;
  maximum?: number;
}
interface Operation {
  summary: string;
  security?: object[];
  requestBody: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; headers?: object }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
}

let server: Awaited<ReturnType<typeof createServer>>;
let url: string;
let described: Document;
beforeAll(async () => {
  server = await createServer(partsOn(failingAfter(Infinity)));
  url = await server.listen({ port: 0, host: '127.0.0.1' });
  described = (await (await fetch(`${url}/api/docs/json`)).json()) as Document;
});
afterAll(() => server.close());

it('describes every route of the API, and nothing else', () => {
  const routes = Object.entries(described.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path}`),
  );
  expect(routes.toSorted()).toEqual([
    'get /api/v1/gaps',
    'get /api/v1/issues',
    'get /api/v1/issues/{id}',
    'get /api/v1/logs',
    'get /api/v1/logs/tail',
    'get /api/v1/logs/{id}',
    'get /api/v1/stats/overview',
    'get /api/v1/stats/severity',
    'get /api/v1/stats/timeline',
    'patch /api/v1/issues/{id}',
    'post /api/v1/ingest',
  ]);
});

it('shows the document as a page', async () => {
  const response = await fetch(`${url}/api/docs/`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
});

describe('what is said of taking entries in', () => {
  const ingest = (): Operation => described.paths['/api/v1/ingest']?.['post'] as Operation;
  const entrySchema = (): Schema => ingest().requestBody.content['application/json']?.schema.items as Schema;

  async function rejectedField(fields: object): Promise<string | undefined> {
    const response = await fetch(`${url}/api/v1/ingest`, {
      method: 'POST',
      headers: { 'x-api-key': 'th_test' },
      body: JSON.stringify([entry({ ...fields })]),
    });
    return ((await response.json()) as Answer['json']).rejected?.[0]?.field;
  }

  it('names the key, every answer, and when to come back', () => {
    expect(ingest().security).toEqual([{ apiKey: [] }]);
    expect(Object.keys(ingest().responses)).toEqual(['202', '400', '401', '413', '422', '503']);
    expect(ingest().responses['503']?.headers).toHaveProperty('Retry-After');
  });

  it('holds: so much and no more is taken of each field, and none that is required may be missing', async () => {
    const { properties, required } = entrySchema();
    for (const [field, schema] of Object.entries(properties as Record<string, Schema>)) {
      const { maxLength, maximum } = schema.anyOf?.[0] ?? schema;
      const isRequired = required?.includes(field) === true;
      const cases: [value: unknown, isTaken: boolean][] = [[undefined, !isRequired]];
      if (maxLength !== undefined) cases.push([long(maxLength), true], [long(maxLength + 1), false]);
      if (maximum !== undefined) cases.push([maximum, true], [maximum + 1, false]);
      for (const [value, isTaken] of cases) {
        const rejected = await rejectedField({ [field]: value });
        expect([field, value, rejected]).toEqual([field, value, isTaken ? undefined : field]);
      }
    }
  });
});
