import type { Writable } from 'node:stream';
import type { AdapterProfile } from '../entry/record.ts';
import type { ResolvedOptions } from '../options/options.ts';
import { openSender } from '../create-sender.ts';
import { AppThread } from './app-thread.ts';
import { createLineTaker } from './line-taker.ts';
import { LINE_FORMAT, LineReader } from './record-line.ts';
import { SenderHost } from './sender-host.ts';

/** What the worker is started with, beside its link. Plain data: it crosses a thread. */
export interface SenderThreadData {
  /** A copy of this package that is another version may write other lines. */
  format: typeof LINE_FORMAT;
  options: ResolvedOptions;
  profile: AdapterProfile;
}

/** The worker of `worker: true`, started by thread-stream: a sender that is fed lines. */
export default function senderThread({ format, options, profile }: SenderThreadData): Writable {
  const app = AppThread.find();
  if (!app) throw new Error('this file is the worker thread of a sender and does nothing elsewhere');
  if (format !== LINE_FORMAT) throw new Error(`the app's thread writes lines of format ${String(format)}`);
  const sender = openSender(options, { ...profile, emitWarning: (warning) => app.warn(warning) });
  const reader = new LineReader(profile.plainKeys);
  const host = new SenderHost(sender, app, (bytes, start, end) =>
    sender.send(reader.read(bytes.toString('utf8', start, end))),
  );
  return createLineTaker(
    (bytes, start, end) => host.take(bytes, start, end),
    () => host.close(),
  );
}
