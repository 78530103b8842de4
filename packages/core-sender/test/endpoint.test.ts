import { describe, expect, it } from 'vitest';
import { refusal, resolve } from './resolving.ts';

describe('the endpoint', () => {
  it.each([
    ['https://logs.example.com///', 'https://logs.example.com'],
    [' https://logs.example.com ', 'https://logs.example.com'],
    ['https://logs.example.com/base/', 'https://logs.example.com/base'],
    ['https://logs.example.com/api/v1/ingest/', 'https://logs.example.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('%j becomes %s', (given, expected) => {
    expect(resolve({ endpoint: given }).options.endpoint).toBe(expected);
  });

  it.each([
    ['http://localhost:1'],
    ['http://127.9.9.9'],
    ['http://[::1]:1'],
    ['http://a.localhost'],
    ['https://x.io'],
  ])('gives no warning for %s', (endpoint) => {
    expect(resolve({ endpoint }).warnings).toEqual([]);
  });

  it('gives one warning, with the host, for plain http over a network', () => {
    expect(resolve({ endpoint: 'http://logs.example.com:8080/x' }).warnings).toEqual([
      {
        code: 'TRACEHUB_PLAIN_HTTP',
        message: 'endpoint uses plain http to logs.example.com: the key and the logs travel in clear',
      },
    ]);
  });

  it.each([
    ['http://user:sesame@logs.example.com', '"http://…@logs.example.com"'],
    ['https://sesame@logs.example.com/base', '"https://…@logs.example.com/base"'],
  ])('is refused with a password, which is not shown', (endpoint, shown) => {
    const { message } = refusal({ endpoint });
    expect(message).not.toContain('sesame');
    expect(message.endsWith(`, got ${shown}`)).toBe(true);
  });
});
