import { once } from 'node:events';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { type PeerCertificate, type TLSSocket, connect } from 'node:tls';
import type { Check, Finding } from '../check.ts';
import { failure, ok, skipped } from '../check.ts';
import type { Facts } from '../facts.ts';
import { codeOf, connectionWords } from '../../http/failure-words.ts';
import { TimeUp, connectTo, tunnelTo, within } from '../../http/open-socket.ts';
import { hostOf } from '../../http/route.ts';

/** Whether the server proves who it is; if not, what is wrong with its certificate. */
export const tls: Check = { id: 'tls', needs: ['endpoint', 'proxy', 'connection'], run };

async function run({ route, endpoint, timeout }: Facts): Promise<Finding> {
  if (endpoint.protocol !== 'https:') return skipped('the endpoint is plain http');
  const host = hostOf(endpoint);
  let raw: Socket | undefined;
  try {
    raw =
      route.kind === 'proxy'
        ? await tunnelTo(endpoint, route.proxy, timeout)
        : await connectTo(endpoint, timeout);
    const socket = connect({
      socket: raw,
      ...(isIP(host) === 0 ? { servername: host } : { host }),
      // Looked at, not trusted: nothing is sent.
      rejectUnauthorized: false,
    });
    await within(timeout, once(socket, 'secureConnect'), () => socket.destroy());
    const finding = judge(socket, host);
    socket.destroy();
    return finding;
  } catch (error) {
    if (error instanceof TimeUp) {
      return failure(
        `${endpoint.host} does not answer the TLS handshake`,
        'is this the port of plain http? Then use its https port; else look into the log of what listens there',
      );
    }
    const isPlain = /WRONG_VERSION_NUMBER|EPROTO|PACKET_LENGTH/.test(`${codeOf(error)} ${String(error)}`);
    return isPlain
      ? failure(
          `${endpoint.host} does not speak TLS`,
          `is this the port of plain http? Then use its https port, or http:// if you accept that key and logs travel in clear`,
        )
      : failure(
          `TLS with ${endpoint.host} fails: ${connectionWords(error)}`,
          'look into the log of the server or of what stands before it',
        );
  } finally {
    raw?.destroy();
  }
}

function judge(socket: TLSSocket, host: string): Finding {
  const certificate = socket.getPeerCertificate();
  const until = certificate.valid_to;
  const details = { validTo: until, issuer: certificate.issuer, names: namesOf(certificate) };
  // Its code, whatever the types say.
  const code = socket.authorizationError as unknown as string | null;
  if (code === null || code === undefined) return ok(`the certificate is valid until ${until}`, details);
  const trust = 'give its CA to every app: NODE_EXTRA_CA_CERTS=/path/to/ca.pem in the environment';
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return failure(`the certificate of ${host} is self-signed (${code})`, trust, details);
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
      return failure(
        `the certificate of ${host} is signed by someone unknown here (${code})`,
        `have the server send its intermediate certificates; or, for a CA of your own, ${trust}`,
        details,
      );
    case 'CERT_HAS_EXPIRED':
      return failure(
        `the certificate of ${host} expired on ${until} (${code})`,
        'renew it on the server; if it is new, is the clock of this machine right?',
        details,
      );
    case 'CERT_NOT_YET_VALID':
      return failure(
        `the certificate of ${host} is only valid from ${certificate.valid_from} on (${code})`,
        'is the clock of this machine right?',
        details,
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return failure(
        `the certificate is for another host: ${namesOf(certificate)}, not ${host} (${code})`,
        'use one of those names in the endpoint, or a certificate that names this one',
        details,
      );
    default:
      return failure(`the certificate of ${host} cannot be trusted: ${code}`, trust, details);
  }
}

function namesOf({ subjectaltname, subject }: PeerCertificate): string {
  return subjectaltname ?? String(subject?.CN ?? 'nobody');
}
