import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startFaultServer } from '../kit/fault-server.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { closeAndAccount, startLane } from './lane.ts';

// Node signs no certificates itself.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.warn('certificate tests are skipped: there is no openssl on this machine');

function makeCertificate(...extra: string[]): { key: string; cert: string } {
  const directory = makeTempDirectory('certificate');
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    key,
  ];
  const made = spawnSync('openssl', [...args, '-out', cert, '-subj', '/CN=localhost', ...extra]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

describe.skipIf(!hasOpenssl)('a certificate that cannot be trusted', () => {
  const kinds: Record<string, string[]> = {
    'is self-signed': ['-days', '2', '-addext', 'subjectAltName=IP:127.0.0.1'],
    'is for another host': ['-days', '2', '-addext', 'subjectAltName=DNS:example.com'],
    'has expired': ['-not_before', '20200101000000Z', '-not_after', '20200102000000Z'],
  };
  for (const [kind, extra] of Object.entries(kinds)) {
    test(`because it ${kind} gets no byte of the logs; they are kept`, async (context) => {
      let certificate;
      try {
        certificate = makeCertificate(...extra);
      } catch (error) {
        // OpenSSL before 3.4 cannot date a certificate back.
        return context.skip(String(error).slice(0, 120));
      }
      const server = await startFaultServer({ tls: certificate });
      const lane = startLane(server.url);
      for (let round = 0; round < 20; round++) {
        lane.log(5);
        await lane.sender.flush();
      }
      const { waiting } = await closeAndAccount(lane, server);
      expect(waiting.size).toBe(100);
      expect(server.begun).toBe(0);
      expect(lane.sender.stats().requests).toBeLessThan(20);
    });
  }

  test('does not turn a plain server into a trusted one: TLS to a plain port is kept too', async () => {
    const server = await startFaultServer();
    const lane = startLane(server.url.replace('http:', 'https:'));
    lane.log(5);
    await lane.sender.flush();
    const { waiting } = await closeAndAccount(lane, server);
    expect(waiting.size).toBe(5);
  });

  test('is trusted when the app gives a dispatcher that trusts it', async () => {
    const { Agent } = await import('undici');
    const certificate = makeCertificate(...kinds['is self-signed']!);
    const server = await startFaultServer({ tls: certificate });
    const dispatcher = new Agent({ connect: { ca: certificate.cert } });
    const lane = startLane(server.url, { dispatcher });
    lane.log(5);
    await lane.sender.flush();
    const { stored } = await closeAndAccount(lane, server);
    expect(stored.size).toBe(5);
    await dispatcher.close();
  });
});
