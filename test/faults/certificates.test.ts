import { Agent } from 'undici';
import { describe, expect, test } from 'vitest';
import { afterTest } from '../kit/after-test.ts';
import { startFaultServer } from '../kit/fault-server.ts';
import { makeCertificate } from './certificate.ts';
import { closeAndAccount, startLane } from './lane.ts';

/** A dispatcher of the app that trusts whoever signed the certificate. */
function trusting(ca: string): Agent {
  const dispatcher = new Agent({ connect: { ca } });
  afterTest(() => dispatcher.close());
  return dispatcher;
}

describe('a certificate that cannot be trusted', () => {
  // The last two are signed by one who is trusted, so that nothing but the fault they are named for is wrong.
  const kinds = {
    'is self-signed': { name: 'IP:127.0.0.1', days: 2, isTrusted: false },
    'is for another host': { name: 'DNS:example.com', days: 2, isTrusted: true },
    'has expired': { name: 'IP:127.0.0.1', days: -1, isTrusted: true },
  };
  test.each(Object.entries(kinds))(
    'because it %s gets no byte of the logs; they are kept',
    async (_, { name, days, isTrusted }) => {
      const certificate = makeCertificate(name, days);
      const server = await startFaultServer({ tls: certificate });
      const lane = startLane(server.url, isTrusted ? { dispatcher: trusting(certificate.cert) } : {});
      for (let round = 0; round < 20; round++) {
        lane.log(5);
        await lane.sender.flush();
      }
      const { waiting } = await closeAndAccount(lane, server);
      expect(waiting.size).toBe(100);
      expect(server.begun).toBe(0);
      expect(lane.sender.stats().requests).toBeLessThan(20);
    },
  );

  test('does not turn a plain server into a trusted one: TLS to a plain port is kept too', async () => {
    const server = await startFaultServer();
    const lane = startLane(server.url.replace('http:', 'https:'));
    lane.log(5);
    await lane.sender.flush();
    const { waiting } = await closeAndAccount(lane, server);
    expect(waiting.size).toBe(5);
  });

  test('is trusted when the app gives a dispatcher that trusts it', async () => {
    const certificate = makeCertificate('IP:127.0.0.1', 2);
    const server = await startFaultServer({ tls: certificate });
    const lane = startLane(server.url, { dispatcher: trusting(certificate.cert) });
    lane.log(5);
    await lane.sender.flush();
    const { stored } = await closeAndAccount(lane, server);
    expect(stored.size).toBe(5);
  });
});
