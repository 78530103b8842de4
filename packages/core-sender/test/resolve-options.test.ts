import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ENDPOINT, type SenderOptions } from '../src/options/options.ts';
import { resolveOptions } from '../src/options/resolve-options.ts';
import { LOCAL, refusal, resolve } from './resolving.ts';
import { IDENTITY } from './support.ts';

describe('defaults', () => {
  it('are those of the options table', () => {
    const { options, warnings } = resolveOptions({ ...IDENTITY }, {});
    expect(options).toEqual({
      ...IDENTITY,
      endpoint: DEFAULT_ENDPOINT,
      batchSize: 50,
      maxBatchEntries: 1_000,
      maxBatchBytes: 1024 * 1024,
      flushInterval: 5_000,
      maxBuffer: 10_000,
      maxBufferBytes: 64 * 1024 * 1024,
      overflow: 'drop-oldest',
      concurrency: 2,
      maxRetries: 3,
      timeout: 10_000,
      compress: true,
      compressionLevel: 1,
      dlqPath: join(homedir(), '.tracehub', 'dlq'),
      maxDlqBytes: 256 * 1024 * 1024,
      durable: false,
      durableInterval: 20,
      idInExtra: false,
      closeTimeout: 5_000,
      closeOnSignal: false,
      rateLimit: undefined,
      redact: undefined,
      level: undefined,
      worker: false,
      enabled: true,
      dispatcher: undefined,
    });
    expect(warnings.map(({ code }) => code)).toEqual(['TRACEHUB_PLAIN_HTTP']);
  });
});

describe('a value that cannot be used', () => {
  const text = 'a string that is not empty and has no control characters';
  const url =
    'an absolute http or https URL without user, query or fragment, such as https://logs.example.com';
  it.each<[option: string, value: unknown, allowed: string, shown: string]>([
    ['service', '  ', text, '"  "'],
    ['service', 'a\nb', text, '"a\\nb"'],
    ['environment', 5, text, '5'],
    ['endpoint', 'logs.example.com', url, '"logs.example.com"'],
    ['endpoint', 'ftp://logs.example.com', url, '"ftp://logs.example.com"'],
    ['endpoint', 'https://logs.example.com/?a=1', url, '"https://logs.example.com/?a=1"'],
    ['endpoint', 'https://logs.example.com/#a', url, '"https://logs.example.com/#a"'],
    ['batchSize', 0, 'a whole number of at least 1', '0'],
    ['batchSize', 2.5, 'a whole number of at least 1', '2.5'],
    ['batchSize', '50', 'a whole number of at least 1', '"50"'],
    ['maxBatchEntries', 0, 'a whole number of at least 1', '0'],
    ['maxBatchBytes', 1023, 'a whole number of at least 1024', '1023'],
    ['flushInterval', Number.NaN, 'a whole number of at least 10, in milliseconds', 'NaN'],
    ['flushInterval', '5000', 'a whole number of at least 10, in milliseconds', '"5000"'],
    ['maxBuffer', 0, 'a whole number from 1 to 10000000', '0'],
    ['maxBuffer', 10_000_001, 'a whole number from 1 to 10000000', '10000001'],
    ['maxBufferBytes', 1024 * 1024 - 1, 'a whole number of at least 1048576', '1048575'],
    ['overflow', 'block', '"drop-oldest" or "spill"', '"block"'],
    ['concurrency', 65, 'a whole number from 1 to 64', '65'],
    ['concurrency', 0, 'a whole number from 1 to 64', '0'],
    ['maxRetries', -1, 'a whole number from 0 to 20', '-1'],
    ['maxRetries', 21, 'a whole number from 0 to 20', '21'],
    ['timeout', Number.POSITIVE_INFINITY, 'a whole number of at least 100, in milliseconds', 'Infinity'],
    ['compress', 'yes', 'true or false', '"yes"'],
    ['compressionLevel', 0, 'a whole number from 1 to 9', '0'],
    ['compressionLevel', 10, 'a whole number from 1 to 9', '10'],
    ['dlqPath', true, 'a directory, or false', 'true'],
    ['dlqPath', '', 'a directory, or false', '""'],
    ['dlqPath', 'a\0b', 'a directory, or false', '"a\\u0000b"'],
    ['maxDlqBytes', 1, 'a whole number of at least 1048576', '1'],
    ['durable', 'yes', 'true or false', '"yes"'],
    ['durableInterval', -1, 'a whole number from 0 to 10000, in milliseconds', '-1'],
    ['idInExtra', 1, 'true or false', '1'],
    ['closeTimeout', 8_001, 'a whole number from 0 to 8000, in milliseconds', '8001'],
    ['closeTimeout', -1, 'a whole number from 0 to 8000, in milliseconds', '-1'],
    ['rateLimit', 0, 'a whole number of at least 1', '0'],
    ['level', '', 'a level name or number of the logger', '""'],
    ['level', {}, 'a level name or number of the logger', 'an object'],
    ['enabled', 'maybe', 'true or false', '"maybe"'],
    ['dispatcher', {}, 'an undici dispatcher (an object with a dispatch method)', 'an object'],
    ['batchSize', null, 'a whole number of at least 1', 'null'],
  ])('is refused for %s: %s', (option, value, allowed, shown) => {
    const error = refusal({ [option]: value });
    expect(error.message).toBe(`option ${option} must be ${allowed}, got ${shown}`);
    expect(error).toMatchObject({ code: 'TRACEHUB_CONFIG', option, name: 'TraceHubConfigError' });
  });

  it.each([[true], [['SIGKILL']], [['SIGSTOP']], [[]], [['TERM']], ['SIGTERM']])(
    'is refused for closeOnSignal: %j',
    (value) => {
      expect(refusal({ closeOnSignal: value }).message).toMatch(
        /^option closeOnSignal must be false or a list of signals that can be caught, such as \['SIGTERM', 'SIGINT'\], got /,
      );
    },
  );

  it.each([
    ['flushInterval', 5],
    ['flushInterval', 0],
    ['timeout', 10],
  ])('is asked about seconds when %s is %i', (option, value) => {
    expect(refusal({ [option]: value }).message).toMatch(
      /, in milliseconds \(were seconds meant\?\), got \d+$/,
    );
  });

  it('is shown in part when it is long', () => {
    expect(refusal({ endpoint: 'x'.repeat(5_000) }).message.length).toBeLessThan(300);
  });

  it.each([[undefined], [null], ['x'], [5]])('is refused when the options are %s', (given) => {
    expect(() => resolveOptions(given as unknown as SenderOptions, {})).toThrow(
      /^options must be an object, got (undefined|null|string|number)$/,
    );
  });
});

describe('worker', () => {
  it('is refused with a dispatcher, which cannot cross a thread', () => {
    expect(refusal({ worker: true, dispatcher: { dispatch: () => true } as never })).toMatchObject({
      option: 'dispatcher',
      message: 'option dispatcher cannot cross to a worker thread: leave out worker',
    });
  });
});

describe('redact', () => {
  it.each<[given: unknown, resolved: object]>([
    [['user.password'], { paths: ['user.password'], censor: '[REDACTED]', remove: false }],
    [
      { paths: ['*.a', 'b[*]["c.d"]'] },
      { paths: ['*.a', 'b[*]["c.d"]'], censor: '[REDACTED]', remove: false },
    ],
    [
      { paths: ['a'], censor: '', remove: true },
      { paths: ['a'], censor: '', remove: true },
    ],
    [[], { paths: [], censor: '[REDACTED]', remove: false }],
  ])('may be paths, or what pino takes as plain data: %j', (redact, resolved) => {
    expect(resolve({ redact }).options.redact).toEqual(resolved);
  });

  it.each<[given: unknown, shown: string]>([
    ['password', '"password"'],
    [true, 'true'],
    [null, 'null'],
    [{}, 'undefined'],
    [{ paths: 'password' }, '"password"'],
    [['a', 5], '5'],
    [[''], '""'],
    [['a', 'a..b'], '"a..b"'],
    [['a[0'], '"a[0"'],
    [['a]'], '"a]"'],
    [['a,b'], '"a,b"'],
    [['.'], '"."'],
    [['a.'], '"a."'],
    [['.a'], '".a"'],
    [{ paths: ['a', '__proto__.toString'] }, '"__proto__.toString"'],
    [['a["__proto__"].b'], '"a[\\"__proto__\\"].b"'],
    [{ paths: ['a'], censor: 5 }, '5'],
    [{ paths: ['a'], censor: null }, 'null'],
    [{ paths: ['a'], remove: 'yes' }, '"yes"'],
  ])('is refused, with what is wrong with it: %j', (redact, shown) => {
    expect(refusal({ redact })).toMatchObject({
      code: 'TRACEHUB_CONFIG',
      option: 'redact',
      message:
        'option redact must be a list of paths such as "user.password" and "*.token", ' +
        `or { paths, censor: string, remove: boolean }, got ${shown}`,
    });
  });

  it('is refused with a function, which could not cross a thread', () => {
    expect(refusal({ redact: { paths: ['a'], censor: () => 'x' } }).option).toBe('redact');
  });
});

describe('what is required', () => {
  it.each([
    ['apiKey', 'TRACEHUB_API_KEY'],
    ['service', 'TRACEHUB_SERVICE or OTEL_SERVICE_NAME'],
    ['environment', 'TRACEHUB_ENVIRONMENT'],
  ])('is asked for by name: %s', (option, variables) => {
    const error = refusal({ [option]: undefined });
    expect(error.message).toBe(`option ${option} is required: pass it or set ${variables}`);
    expect(error.option).toBe(option);
  });

  it('is nothing when enabled is false', () => {
    const { options, warnings } = resolveOptions({ enabled: false }, {});
    expect(options).toMatchObject({ enabled: false, apiKey: '' });
    expect(warnings).toEqual([]);
  });
});

describe('the environment', () => {
  it.each([
    ['apiKey', 'TRACEHUB_API_KEY', 'th_env', 'th_env'],
    ['service', 'TRACEHUB_SERVICE', 'env', 'env'],
    ['service', 'OTEL_SERVICE_NAME', 'otel', 'otel'],
    ['environment', 'TRACEHUB_ENVIRONMENT', 'env', 'env'],
    ['endpoint', 'TRACEHUB_ENDPOINT', 'https://env.example.com/', 'https://env.example.com'],
    ['dlqPath', 'TRACEHUB_DLQ_PATH', '/var/dlq', '/var/dlq'],
    ['dlqPath', 'TRACEHUB_DLQ_PATH', 'd', join(process.cwd(), 'd')],
    ['dlqPath', 'TRACEHUB_DLQ_PATH', 'false', false],
    ['enabled', 'TRACEHUB_ENABLED', '0', false],
    ['enabled', 'TRACEHUB_ENABLED', 'true', true],
  ])('gives %s by %s=%s', (option, variable, value, expected) => {
    expect(resolve({ [option]: undefined }, { [variable]: value }).options).toHaveProperty(option, expected);
  });

  it('is beaten by an explicit value', () => {
    const environment = { TRACEHUB_SERVICE: 'env', TRACEHUB_ENABLED: 'false', TRACEHUB_ENDPOINT: 'junk' };
    const { options, warnings } = resolve({ enabled: true }, environment);
    expect(options).toMatchObject({ service: 'shop', enabled: true, endpoint: LOCAL.endpoint });
    expect(warnings).toEqual([]);
  });

  it('prefers TRACEHUB_SERVICE to OTEL_SERVICE_NAME', () => {
    const environment = { OTEL_SERVICE_NAME: 'otel', TRACEHUB_SERVICE: 'own' };
    expect(resolve({ service: undefined }, environment).options.service).toBe('own');
  });

  it('warns of a bad value and leaves the default', () => {
    const { options, warnings } = resolve({ enabled: undefined }, { TRACEHUB_ENABLED: 'perhaps' });
    expect(options.enabled).toBe(true);
    expect(warnings).toEqual([
      {
        code: 'TRACEHUB_ENVIRONMENT',
        message: 'TRACEHUB_ENABLED must be true or false, got "perhaps"; it is ignored',
      },
    ]);
  });

  it.each(['junk', 'localhost:4319', 'http://127.0.0.1:4319?x=1', 'http://user:pw@127.0.0.1:4319'])(
    'refuses the endpoint %s, for which the public address may not stand in',
    (value) => {
      expect(() => resolve({ endpoint: undefined }, { TRACEHUB_ENDPOINT: value })).toThrow(
        /^TRACEHUB_ENDPOINT must be an absolute http or https URL .*, got /,
      );
    },
  );

  it('counts an empty variable as not set', () => {
    expect(resolve({ enabled: undefined }, { TRACEHUB_ENABLED: '' })).toMatchObject({
      options: { enabled: true },
      warnings: [],
    });
  });
});

describe('durable', () => {
  it('needs a directory', () => {
    expect(refusal({ durable: true, dlqPath: false })).toMatchObject({
      option: 'durable',
      message: 'option durable needs a directory: it cannot be true with dlqPath false',
    });
    expect(resolve({ durable: true, dlqPath: '/var/dlq' }).options.durable).toBe(true);
  });
});

describe('the key', () => {
  it('gives a warning when it does not start with th_, without being shown', () => {
    const { warnings } = resolve({ apiKey: 'secret-key' });
    expect(warnings.map(({ code }) => code)).toEqual(['TRACEHUB_KEY_FORMAT']);
    expect(JSON.stringify(warnings)).not.toContain('secret-key');
  });

  it('is refused when it is empty, as a variable is that is not set', () => {
    expect(refusal({ apiKey: '' }).message).toBe(
      'option apiKey must be a string of visible ASCII characters, got ""',
    );
  });

  it.each([['th_sec\nret'], ['th_sec ret'], ['th_secrét'], [' ']])(
    'is refused and not shown: %j',
    (apiKey) => {
      const error = refusal({ apiKey });
      expect(error.message).toMatch(/^option apiKey must be .*, got one with other characters$/);
      expect(error.message).not.toContain('sec');
    },
  );

  it('is not shown when it is of another type or comes from the environment', () => {
    expect(refusal({ apiKey: 42_4242 }).message).not.toContain('42');
    const { warnings } = resolve(
      { enabled: false, apiKey: undefined },
      { TRACEHUB_API_KEY: 'th_\u0001secret' },
    );
    expect(warnings).toHaveLength(1);
    expect(JSON.stringify(warnings)).not.toContain('secret');
  });
});

describe('an unknown option', () => {
  it('gives one warning that names all of them', () => {
    const { warnings } = resolve({ flushIntervall: 5, dsn: 'x' });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.code).toBe('TRACEHUB_UNKNOWN_OPTION');
    expect(warnings[0]?.message).toMatch(
      /^unknown option flushIntervall or dsn; known are apiKey, service, /,
    );
  });

  it('is not suspected in what pino adds to the options of a target', () => {
    expect(resolve({ pinoWillSendConfig: true, $context: {} }).warnings).toEqual([]);
  });
});
