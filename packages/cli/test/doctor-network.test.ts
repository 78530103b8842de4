import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../../../test/faults/certificate.ts';
import { closedPort } from '../../../test/kit/closed-port.ts';
import { type Step, respond } from '../../../test/kit/fault-server.ts';
import { startProxy } from '../../../test/kit/proxy.ts';
import { examine, naming, findingOf } from './doctor-support.ts';
import { type SetUp, setUp } from './support.ts';

describe('tracehub doctor names the cause: the network', () => {
  it('server down', async () => {
    const { env } = await setUp();
    const port = await closedPort();
    const report = await examine({ env }, '--endpoint', `http://127.0.0.1:${port}`);
    expect(report).toEqual(
      naming('connection', new RegExp(`127.0.0.1 port ${port}: nothing listens there`), /start the server/),
    );
  });

  it('server hanging', async () => {
    const { env } = await setUp({ onWhole: () => [{ do: 'hang' }] });
    const report = await examine({ env }, '--timeout', '400');
    expect(report).toEqual(naming('answer', /says nothing for 400 ms/, /hangs/));
  });

  it('a server that hangs up', async () => {
    const { env } = await setUp({ onWhole: () => [{ do: 'reset' }] });
    expect(await examine({ env })).toEqual(
      naming('answer', /no HTTP answer: the connection was cut off/, /TraceHub server/),
    );
  });

  it('something that does not speak HTTP', async () => {
    const { env } = await setUp({
      onWhole: () => [{ do: 'send', text: 'SSH-2.0-OpenSSH_9.2\r\n' }, { do: 'close' }],
    });
    expect(await examine({ env })).toEqual(naming('answer', /no HTTP answer/, /nothing else/));
  });

  it('a name that is not known', async () => {
    const { env } = await setUp();
    // No label of a name is this long: the resolver knows that without asking anybody.
    const host = `${'x'.repeat(64)}.test`;
    const report = await examine({ env }, '--endpoint', `http://${host}:4319`);
    expect(report).toEqual(
      naming('dns', /has no address: the name is not known \(ENOTFOUND\)/, /typing error/),
    );
  });
});

describe('tracehub doctor names the cause: a proxy', () => {
  it('that cannot be reached', async () => {
    const { env } = await setUp();
    const proxy = `http://127.0.0.1:${await closedPort()}`;
    const report = await examine({ env: { ...env, HTTP_PROXY: proxy } });
    expect(report).toEqual(
      naming(
        'proxy',
        new RegExp(`proxy ${proxy} \\(from HTTP_PROXY\\) does not work: nothing listens`),
        /correct HTTP_PROXY, or add 127\.0\.0\.1 to NO_PROXY/,
      ),
    );
  });

  it('that asks for a password (407), which is not shown', async () => {
    const { env } = await setUp();
    const { url } = await startProxy(
      'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n',
    );
    const withUser = url.replace('//', '//me:secret@');
    const report = await examine({ env: { ...env, http_proxy: withUser } });
    expect(report).toEqual(
      naming('proxy', /\(from http_proxy\) asks for a user and password \(407\)/, /put them into http_proxy/),
    );
    expect(report.end.stdout).not.toContain('secret');
  });

  it('that refuses with a page', async () => {
    const { env } = await setUp();
    const { url } = await startProxy(
      'HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html>Blocked</html>',
    );
    const report = await examine({ env: { ...env, HTTP_PROXY: url } });
    expect(report).toEqual(
      naming('proxy', /refuses the way to 127\.0\.0\.1:\d+ \(status 403\)/, /allowed there/),
    );
  });

  it('that lets us through to a page of its own', async () => {
    const { env } = await setUp({ onWhole: () => [respond(200, '<html><title>Policy</title></html>')] });
    const { url } = await startProxy();
    const report = await examine({ env: { ...env, HTTP_PROXY: url } });
    expect(report).toEqual(naming('address', /a web page \("Policy"\): the proxy of HTTP_PROXY/, /browser/));
  });

  it('in between that nobody named, and that asks for a password', async () => {
    const { env } = await setUp({ onWhole: () => [respond(407, 'who are you?')] });
    expect(await examine({ env })).toEqual(
      naming('address', /a proxy in between .* \(407\)/, /HTTPS_PROXY or HTTP_PROXY/),
    );
  });

  it('that is no URL', async () => {
    const { env } = await setUp();
    expect(await examine({ env: { ...env, HTTP_PROXY: 'proxy' } })).toEqual(
      naming('proxy', /HTTP_PROXY is no URL/, /http:\/\/proxy/),
    );
  });

  it('is used where it works, and passed by where NO_PROXY says so', async () => {
    const { env } = await setUp();
    const proxy = await startProxy();
    const through = await examine({ env: { ...env, HTTP_PROXY: proxy.url } });
    expect(through.verdict.status).toBe('ok');
    expect(findingOf(through, 'proxy')?.finding).toContain('lets us through');
    expect(findingOf(through, 'dns')?.status).toBe('ok');
    expect(proxy.tunnels).toBeGreaterThan(0);
    const before = proxy.tunnels;
    const around = await examine({ env: { ...env, HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' } });
    expect(around.verdict.status).toBe('ok');
    expect(findingOf(around, 'proxy')?.finding).toContain('NO_PROXY passes HTTP_PROXY by');
    expect(proxy.tunnels).toBe(before);
  });
});

describe('tracehub doctor names the cause: a certificate', () => {
  /** A server with such a certificate, and the environment of an app that trusts it or does not. */
  async function withCertificate(name: string, days: number, isTrusted: boolean): Promise<SetUp> {
    const certificate = makeCertificate(name, days);
    const { server, dlqPath, env } = await setUp({}, certificate);
    const ca = join(dlqPath, 'ca.pem');
    writeFileSync(ca, certificate.cert);
    return { server, dlqPath, env: { ...env, ...(isTrusted ? { NODE_EXTRA_CA_CERTS: ca } : {}) } };
  }

  it('that is self-signed', async () => {
    const { env, server } = await withCertificate('IP:127.0.0.1', 2, false);
    expect(await examine({ env })).toEqual(
      naming('tls', /self-signed \(DEPTH_ZERO_SELF_SIGNED_CERT\)/, /NODE_EXTRA_CA_CERTS/),
    );
    expect(server.begun).toBe(0);
  });

  it('that has expired', async () => {
    const { env, server } = await withCertificate('IP:127.0.0.1', -1, true);
    expect(await examine({ env })).toEqual(naming('tls', /expired on .* \(CERT_HAS_EXPIRED\)/, /renew it/));
    expect(server.begun).toBe(0);
  });

  it('that is for another host', async () => {
    const { env, server } = await withCertificate('DNS:logs.example.com', 2, true);
    expect(await examine({ env })).toEqual(
      naming('tls', /for another host: DNS:logs\.example\.com, not 127\.0\.0\.1/, /use one of those names/),
    );
    expect(server.begun).toBe(0);
  });

  it('the same through a proxy', async () => {
    const { env } = await withCertificate('IP:127.0.0.1', 2, false);
    const { url } = await startProxy();
    expect(await examine({ env: { ...env, HTTPS_PROXY: url } })).toEqual(
      naming('tls', /self-signed/, /NODE_EXTRA_CA_CERTS/),
    );
  });

  it('none, as the port speaks plain http', async () => {
    const steps: Step[] = [respond(400, 'what?'), { do: 'close' }];
    const { env, server } = await setUp({ onRequest: () => ({ bytes: 1, steps }) });
    const report = await examine({ env }, '--endpoint', server.url.replace('http:', 'https:'));
    expect(report).toEqual(naming('tls', /does not speak TLS/, /port of plain http/));
  });

  it('none, as nobody answers the handshake', async () => {
    const { env, server } = await setUp({ onRequest: () => ({ bytes: 1, steps: [{ do: 'hang' }] }) });
    const https = server.url.replace('http:', 'https:');
    const report = await examine({ env }, '--timeout', '400', '--endpoint', https);
    expect(report).toEqual(naming('tls', /does not answer the TLS handshake/, /port of plain http/));
  });

  it('says until when a good one is valid', async () => {
    const { env } = await withCertificate('IP:127.0.0.1', 2, true);
    const report = await examine({ env });
    expect(report.verdict.status).toBe('ok');
    expect(findingOf(report, 'tls')?.finding).toMatch(/^the certificate is valid until .* GMT$/);
  });
});
