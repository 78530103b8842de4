import { Writable } from 'node:stream';

/** Throws everything away. */
export default () => new Writable({ write: (_lines, _encoding, done) => done() });
