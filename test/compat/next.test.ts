import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Destination, startDestination } from './delivered.ts';

const app = join(inject('apps'), 'next');
const bin = join(app, 'node_modules/next/dist/bin/next');
let destination: Destination;
beforeAll(async () => {
  destination = await startDestination();
});

describe('Next.js 16', () => {
  it.each(['turbopack', 'webpack'])(
    'built with %s: a page, routes, pino in its worker and in-process, winston',
    async (bundler) => {
      const env = { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production', CI: '1' };
      const build = await destination.run(bin, {
        args: ['build', `--${bundler}`],
        cwd: app,
        env,
        limit: 550_000,
      });
      expect({ code: build.code, output: build.code === 0 ? '' : build.stdout + build.stderr }).toEqual({
        code: 0,
        output: '',
      });

      const server = destination.start(bin, { args: ['start', '-p', '0', '-H', '127.0.0.1'], cwd: app, env });
      const url = await server.line('- Local:').catch(() => server.line('   - Local:'));
      for (const path of ['/', '/api/orders', '/api/winston', '/api/in-process']) {
        const response = await fetch(url + path, { headers: { connection: 'close' } });
        expect([path, response.status]).toEqual([path, 200]);
        await response.text();
      }
      server.kill('SIGTERM');
      await server.ended;
      const logs = await destination.collector.logs({ environment: 'next' });
      const since = logs.slice(-4);
      expect(since.map(({ message, error_message }) => `${message}, ${error_message}`).toSorted()).toEqual([
        'by winston, null',
        'in-process, null',
        'order failed, out of stock',
        'page rendered, null',
      ]);
    },
    600_000,
  );
});
