import { Writable } from 'node:stream';
import { Shipper } from './shipper.mjs';

/** @param {{ endpoint: string, isEntry?: boolean }} options */
export default function pinoLimit({ endpoint, ...options }) {
  const shipper = new Shipper(endpoint, options);
  return new Writable({
    write(lines, _encoding, done) {
      shipper.addBytes(lines);
      // Requests need a turn of the loop, too.
      setImmediate(done);
    },
    async final(done) {
      await shipper.close();
      done();
    },
  });
}
