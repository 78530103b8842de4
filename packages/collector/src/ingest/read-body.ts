import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HttpProblem } from '../http-problem.ts';

/** Most bytes of one body, as it comes and as it is after inflating. */
export interface BodyLimits {
  wireBytes: number;
  inflatedBytes: number;
}

/** What the collector takes; far above what any TraceHub SDK sends. */
export const bodyLimits: BodyLimits = { wireBytes: 8 * 1024 * 1024, inflatedBytes: 32 * 1024 * 1024 };

const inflate = promisify(gunzip);

/**
 * Reads a request's body and inflates it if its `Content-Encoding` says gzip. Any other encoding is ignored.
 * `hold` is told of every byte taken into memory, and may throw.
 */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  hold: (bytes: number) => void,
): Promise<Buffer> {
  const wire = await collect(request, limits.wireBytes, hold);
  if (!/gzip/i.test(request.headers['content-encoding'] ?? '')) return wire;
  const body = await inflateWithin(wire, limits.inflatedBytes);
  hold(body.length);
  return body;
}

async function inflateWithin(wire: Buffer, limit: number): Promise<Buffer> {
  try {
    // zlib counts while inflating: a bomb costs no more than the limit, and the thread pool inflates four at a time.
    return await inflate(wire, { maxOutputLength: limit, chunkSize: 64 * 1024 });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge('inflated body', limit);
    }
    throw new HttpProblem(400, `the body is not valid gzip: ${(error as Error).message}`);
  }
}

function collect(request: IncomingMessage, limit: number, hold: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const endedEarly = new HttpProblem(400, 'the body ended early');
    // A client that went away while its key was looked up gives no further event.
    if (request.destroyed) {
      reject(endedEarly);
      return;
    }
    const chunks: Buffer[] = [];
    let length = 0;

    function onData(chunk: Buffer): void {
      length += chunk.length;
      try {
        if (length > limit) throw tooLarge('body', limit);
        hold(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        // The rest is read and forgotten: a client that still writes would see a reset instead of the answer.
        request.off('data', onData);
        request.resume();
        reject(error as Error);
      }
    }

    request.on('data', onData);
    request.once('end', () => resolve(Buffer.concat(chunks, length)));
    request.once('error', () => reject(endedEarly));
    request.once('close', () => reject(endedEarly));
  });
}

function tooLarge(what: string, limit: number): HttpProblem {
  return new HttpProblem(413, `the ${what} is larger than ${limit} bytes`);
}
