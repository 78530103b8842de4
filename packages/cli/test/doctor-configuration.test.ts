import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { remarksOn } from '../src/doctor/remarks.ts';
import type { Settings } from '../src/settings/settings.ts';
import { type Report, examine, findingOf, naming } from './doctor-support.ts';
import { cli, setUp } from './support.ts';

/** Lets the doctor look at a server that is well, with these options in a file beside the usual environment. */
async function examineFile(options: unknown): Promise<Report & { file: string }> {
  const { env, dlqPath } = await setUp();
  const file = join(dlqPath, 'options.json');
  writeFileSync(file, JSON.stringify(options));
  return { ...(await examine({ env }, '--config', file)), file };
}

describe('tracehub doctor names the cause: configuration', () => {
  it('no key', async () => {
    const { env } = await setUp();
    const report = await examine({ env: { ...env, TRACEHUB_API_KEY: '' } });
    expect(report).toEqual(naming('configuration', /no API key/, /TRACEHUB_API_KEY/));
    expect(findingOf(report, 'connection')?.status).toBe('ok');
    expect(findingOf(report, 'entry')).toEqual(expect.objectContaining({ status: 'skipped' }));
    expect(report.verdict.others).toBe(0);
  });

  it('an option that no app would start with', async () => {
    const { env, dlqPath } = await setUp();
    const file = join(dlqPath, 'options.json');
    writeFileSync(file, '{"flushInterval":5}');
    const report = await examine({ env }, '--config', file);
    expect(report).toEqual(
      naming('configuration', /flushInterval must be .* \(were seconds meant\?\), got 5/, /does not start/),
    );
  });

  it('an endpoint that is no URL', async () => {
    const { env } = await setUp();
    const report = await examine({ env }, '--endpoint', 'logs.example.com');
    expect(report).toEqual(
      naming('endpoint', /endpoint must be an absolute http or https URL/, /TRACEHUB_ENDPOINT/),
    );
    expect(findingOf(report, 'answer')?.status).toBe('skipped');
  });

  it('sending turned off', async () => {
    const { env } = await setUp();
    const report = await examine({ env: { ...env, TRACEHUB_ENABLED: 'false' } });
    expect(report).toEqual(
      naming('configuration', /turned off .*from TRACEHUB_ENABLED/, /unset TRACEHUB_ENABLED/),
    );
  });

  it('ends with 2 for a configuration file it cannot read, naming file and fault', async () => {
    const { dlqPath, env } = await setUp();
    const file = join(dlqPath, 'options.json');
    writeFileSync(file, '{"endpoint":');
    const { code, stderr } = await cli(['doctor', '--config', file], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`--config: ${file} is not JSON: `));
  });

  it.each(['th_dév', 'th_0123\n4567'])('a key that cannot be one: %j', async (key) => {
    const { env } = await setUp();
    const badEnv = { ...env, TRACEHUB_API_KEY: key };
    const fault = /the API key of TRACEHUB_API_KEY cannot be used: .* visible ASCII .* other characters/;
    const report = await examine({ env: badEnv });
    expect(report).toEqual(naming('configuration', fault, /copy the key of your project anew/));
    expect(report.configuration).toContainEqual({
      option: 'apiKey',
      value: '-',
      source: 'TRACEHUB_API_KEY, unusable',
    });
    expect(report.end.stdout).not.toContain('no API key');
    for (const command of ['show', 'replay']) {
      const { code, stderr } = await cli(['dlq', command], { env: badEnv });
      expect(code).toBe(2);
      expect(stderr).toMatch(fault);
    }
    const { stderr } = await cli(['dlq', 'replay', '--api-key', key], { env });
    expect(stderr).toContain('the API key of --api-key cannot be used');
  });

  it.each([
    [123, 'number'],
    ['', '""'],
  ])('a key in the file that cannot be one: %j', async (apiKey, got) => {
    const report = await examineFile({ apiKey });
    expect(report).toEqual(
      naming(
        'configuration',
        new RegExp(`key of ${report.file} cannot be used: .*got ${got}$`),
        /copy the key/,
      ),
    );
  });

  it('a winston transport that is silent', async () => {
    expect(await examineFile({ silent: true })).toEqual(
      naming('configuration', /turned off \(silent is true/, /leave `silent` out/),
    );
  });
});

describe('tracehub doctor --config', () => {
  it('knows what the adapters take beside the options of the sender', async () => {
    const report = await examineFile({
      messageKey: 'message',
      errorKey: 'error',
      customLevels: { audit: 35 },
      level: 'audit',
      silent: false,
      format: {},
      handleExceptions: true,
      handleRejections: true,
    });
    expect(report.verdict).toMatchObject({ status: 'ok' });
  });

  it("takes pino's target with its options", async () => {
    const report = await examineFile({
      target: '@tracehub/pino',
      level: 'info',
      options: { service: 'shop' },
    });
    expect(report.verdict).toMatchObject({ status: 'ok' });
    expect(report.configuration).toContainEqual({ option: 'service', value: 'shop', source: report.file });
  });

  it.each([
    [
      'nonsense',
      /level "nonsense" is none that a logger comes with: unless it is one you made, pino, bunyan and/,
      /"info"/,
    ],
    ['INFO', /level "INFO" has capitals: pino and TraceHubLogger do not start with it/, /write it "info"/],
  ])('warns of the level %s', async (level, finding, next) => {
    const { verdict } = await examineFile({ level });
    expect(verdict).toMatchObject({ status: 'warning', check: 'configuration' });
    expect(verdict.finding).toMatch(finding);
    expect(verdict.next).toMatch(next);
  });

  it.each(['info', 'silly', 'notice', 30])('takes the level %s', async (level) => {
    expect((await examineFile({ level })).verdict.status).toBe('ok');
  });
});

describe('what tracehub doctor warns of', () => {
  it('comes with the remedy', async () => {
    const { env } = await setUp();
    const report = await examine({
      env: { ...env, TRACEHUB_API_KEY: 'other-key', TRACEHUB_ENABLED: 'perhaps' },
    });
    expect(findingOf(report, 'configuration')).toMatchObject({
      status: 'warning',
      finding: expect.stringMatching(/^TRACEHUB_ENVIRONMENT: .*; TRACEHUB_KEY_FORMAT: /) as string,
      next: 'correct the variable, or unset it; compare the key with that of your project in TraceHub',
    });
  });

  it('has one for every warning of a configuration', () => {
    const source = new URL('../../core-sender/src/options/resolve-options.ts', import.meta.url);
    const codes = [...readFileSync(source, 'utf8').matchAll(/code: '(TRACEHUB_\w+)'/g)].map(
      ([, code]) => code,
    );
    expect(codes.length).toBeGreaterThan(4);
    for (const code of codes) {
      const inspection = { warnings: [{ code, message: '' }], options: {} };
      const [remark] = remarksOn({ inspection, adapter: {} } as unknown as Settings);
      expect(remark?.next).not.toContain('docs of TraceHub');
    }
  });
});
