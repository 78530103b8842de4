import { once } from 'node:events';
import type { SonicBoom } from 'sonic-boom';
import { loadLibrary } from '../load-library.ts';
import type { SegmentFile } from './segment-file.ts';

/** Its types know of text alone. */
type Boom = InstanceType<typeof SonicBoom> & { write(data: Buffer): boolean };

let loading: Promise<typeof SonicBoom> | undefined;

/** sonic-boom, which no app is to pay for when it loads the package. A load that failed is tried again by the next call. */
export function loadBoom(): Promise<typeof SonicBoom> {
  loading ??= loadLibrary('sonic-boom', () => import('sonic-boom')).then(
    // Node's ESM loader sees only the default export; its types say so for CommonJS alone.
    (sonic) => sonic.default as unknown as typeof SonicBoom,
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** Written by sonic-boom while the app goes on: it resumes partial writes and waits out EAGAIN. */
export class BoomFile implements SegmentFile {
  readonly fd: number;
  readonly #boom: Boom;
  #hasFailed = false;

  /** Of an open file. */
  constructor(Sonic: typeof SonicBoom, fd: number) {
    this.fd = fd;
    // A batch is one write, whatever its size.
    this.#boom = new Sonic({ fd, minLength: 0, maxWrite: 64 * 1024 * 1024, contentMode: 'buffer' }) as Boom;
    this.#boom.on('error', () => {
      this.#hasFailed = true;
    });
  }

  async append(data: Buffer): Promise<void> {
    const written = once(this.#boom, 'drain');
    this.#boom.write(data);
    await written;
  }

  async close(): Promise<void> {
    const closed = once(this.#boom, 'close');
    // After a failed append sonic-boom still holds the bytes; ending would try them again.
    if (this.#hasFailed) this.#boom.destroy();
    else this.#boom.end();
    await closed;
  }

  abandon(): void {
    this.#boom.destroy();
  }
}
