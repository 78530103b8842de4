import { systemClock } from './clock.ts';
import { DisabledSender } from './disabled-sender.ts';
import type { AdapterProfile } from './entry/record.ts';
import type { ResolvedOptions, SenderOptions } from './options/options.ts';
import { resolveOptions } from './options/resolve-options.ts';
import { Warnings } from './report/warnings.ts';
import type { Sender } from './sender-interface.ts';
import { LiveSender, type Ports } from './sender.ts';
import { AppThread } from './worker/app-thread.ts';
import { WorkerSender } from './worker/worker-sender.ts';

const SYSTEM_PORTS: Ports = { clock: systemClock, random: Math.random };

/**
 * Makes a sender.
 *
 * @throws TraceHubConfigError for an option that cannot be used.
 */
export function createSender(
  given: SenderOptions,
  profile: AdapterProfile,
  ports: Ports = SYSTEM_PORTS,
): Sender {
  const { options, warnings: findings } = resolveOptions(given);
  if (!options.enabled) return new DisabledSender(options);
  const warnings = new Warnings(ports.clock, profile.emitWarning);
  for (const { code, message } of findings) warnings.warn(code, message);
  // A file that the app preloads into every thread must not start a worker in each worker it starts.
  if (!options.worker || AppThread.find()?.link) return new LiveSender(options, profile, ports, warnings);
  return new WorkerSender(options, profile, warnings, () =>
    openSender({ ...options, closeOnSignal: false }, profile, ports),
  );
}

/** A sender on this thread, for options that are complete and have been spoken about. */
export function openSender(
  options: ResolvedOptions,
  profile: AdapterProfile,
  ports: Ports = SYSTEM_PORTS,
): LiveSender {
  return new LiveSender(options, profile, ports, new Warnings(ports.clock, profile.emitWarning));
}
