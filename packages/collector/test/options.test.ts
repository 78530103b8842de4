import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flagOf, readCommandLine } from '../src/command-line.ts';
import { CollectorConfigError } from '../src/index.ts';
import { resolveOptions } from '../src/options.ts';

const fromArgs = (
  args: string[],
  environment: Record<string, string> = {},
): ReturnType<typeof resolveOptions> => resolveOptions(readCommandLine(args).options, environment, flagOf);

describe('settings', () => {
  it('are complete without any', () => {
    expect(resolveOptions({}, {})).toEqual({
      port: 4319,
      host: '127.0.0.1',
      dataDir: join(homedir(), '.tracehub', 'collector'),
      databaseUrl: undefined,
      amqpUrl: undefined,
      role: 'all',
      retentionDays: undefined,
      developmentKey: undefined,
      readToken: undefined,
    });
  });

  it('come from options before the environment before defaults', () => {
    const environment = {
      TRACEHUB_COLLECTOR_PORT: '1',
      TRACEHUB_COLLECTOR_HOST: '::1',
      TRACEHUB_COLLECTOR_DATA_DIR: 'memory',
      TRACEHUB_COLLECTOR_ROLE: 'all',
      TRACEHUB_COLLECTOR_AMQP_URL: 'amqps://u:p@q/v',
      TRACEHUB_COLLECTOR_RETENTION_DAYS: '90',
      TRACEHUB_DEV_KEY: 'th_env',
      TRACEHUB_READ_TOKEN: 'token',
    };
    expect(resolveOptions({}, environment)).toEqual({
      port: 1,
      host: '::1',
      dataDir: 'memory',
      databaseUrl: undefined,
      amqpUrl: 'amqps://u:p@q/v',
      role: 'all',
      retentionDays: 90,
      developmentKey: 'th_env',
      readToken: 'token',
    });
    expect(resolveOptions({ port: 2, developmentKey: 'th_a' }, environment)).toMatchObject({
      port: 2,
      host: '::1',
      developmentKey: 'th_a',
    });
    expect(fromArgs(['--port', '3', '--data-dir=/tmp/x', '--role', 'all'], environment)).toMatchObject({
      port: 3,
      dataDir: '/tmp/x',
    });
  });

  it('name another home for everything with a database URL', () => {
    const urls = ['--database-url', 'postgres://u:p@db/x', '--amqp-url', 'amqp://q'];
    expect(fromArgs([...urls, '--data-dir', '/tmp/x'])).toMatchObject({
      dataDir: undefined,
      databaseUrl: 'postgres://u:p@db/x',
      role: 'all',
    });
    expect(fromArgs([...urls, '--role', 'api']).role).toBe('api');
    expect(fromArgs([...urls, '--role', 'worker', '--host', '0.0.0.0'])).toMatchObject({ host: '0.0.0.0' });
  });

  it('treat an empty variable as unset', () => {
    expect(resolveOptions({}, { TRACEHUB_DEV_KEY: '', TRACEHUB_COLLECTOR_PORT: '' })).toMatchObject({
      port: 4319,
      developmentKey: undefined,
    });
  });

  it('allow every address once reading needs a token', () => {
    expect(resolveOptions({ host: '0.0.0.0', readToken: 'x' }, {}).host).toBe('0.0.0.0');
    expect(resolveOptions({ host: '127.9.9.9' }, {}).host).toBe('127.9.9.9');
    expect(resolveOptions({ host: 'localhost' }, {}).host).toBe('localhost');
  });
});

describe('refusals name what, where and what is allowed', () => {
  it.each<[run: () => unknown, message: string]>([
    [
      () => resolveOptions({ port: 65_536 }, {}),
      'option port: 65536 is not allowed; it must be an integer from 0 (any free port) to 65535',
    ],
    [() => resolveOptions({ port: 1.5 }, {}), 'option port: 1.5 is not allowed'],
    [() => fromArgs(['--port', '43l9']), '--port: "43l9" is not allowed; it must be an integer'],
    [
      () => resolveOptions({}, { TRACEHUB_COLLECTOR_PORT: '-1' }),
      'TRACEHUB_COLLECTOR_PORT: "-1" is not allowed',
    ],
    [
      () => fromArgs(['--host', 'http://x']),
      '--host: "http://x" is not allowed; it must be a host name or IP address',
    ],
    [
      () => resolveOptions({ dataDir: '' }, {}),
      'option dataDir: "" is not allowed; it must be the path of a directory, or \'memory\'',
    ],
    [() => resolveOptions({ developmentKey: 'a b' }, {}), 'option developmentKey: this value is not allowed'],
    [
      () => resolveOptions({}, { TRACEHUB_READ_TOKEN: 'é' }),
      'TRACEHUB_READ_TOKEN: this value is not allowed; it must be 1 to 256',
    ],
    [
      () => resolveOptions({ host: '0.0.0.0' }, {}),
      'option host: 0.0.0.0 can be reached by other machines, so reading must ask for a token',
    ],
    [
      () => resolveOptions({}, { TRACEHUB_COLLECTOR_HOST: '::' }),
      'TRACEHUB_COLLECTOR_HOST: :: can be reached',
    ],
    [() => fromArgs(['--host', '127.evil.example']), '--host: 127.evil.example can be reached'],
    [
      () => fromArgs(['--database-url', 'mysql://u:secret@x']),
      '--database-url: this value is not allowed; it must be a URL that begins with postgres:// or postgresql://',
    ],
    [
      () => resolveOptions({}, { TRACEHUB_COLLECTOR_AMQP_URL: 'http://x' }),
      'TRACEHUB_COLLECTOR_AMQP_URL: this value is not allowed; it must be a URL that begins with amqp:// or amqps://',
    ],
    [
      () => fromArgs(['--role', 'worker', '--database-url', 'postgres://x']),
      '--role: worker works together with other processes, so it needs --amqp-url or TRACEHUB_COLLECTOR_AMQP_URL',
    ],
    [() => resolveOptions({ role: 'api' }, {}), 'option role: api works together with other processes'],
    [() => fromArgs(['--role', 'boss']), '--role: "boss" is not allowed; it must be api, worker or all'],
    [
      () => fromArgs(['--retention-days', '0']),
      '--retention-days: "0" is not allowed; it must be a number of days from 1 to 36500',
    ],
    [() => readCommandLine(['--prot', '1']), "Unknown option '--prot'"],
    [() => readCommandLine(['4319']), "Unexpected argument '4319'"],
    [() => readCommandLine(['keys']), 'keys needs create, list or revoke'],
    [() => readCommandLine(['keys', 'revoke']), 'keys revoke takes one id or key'],
    [() => readCommandLine(['keys', 'list', 'all']), 'keys list takes no argument'],
    [() => readCommandLine(['keys', 'create', '--project', '']), '--project: must be 1 to 100 letters'],
    [() => readCommandLine(['--port']), "'--port <value>' argument missing"],
  ])('%#', (run, message) => {
    expect(run).toThrow(CollectorConfigError);
    expect(run).toThrow(message);
  });
});
