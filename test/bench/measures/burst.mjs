import { now, peakRssMiB, startCpuMeter } from '../meter.mjs';
import { warmUp } from './warm-up.mjs';

/** `count` records in one go, then what the transport's README says about the end. */
export default async function burst({ job, open, report, told }) {
  const { count } = job;
  const { log, close } = await open();
  await warmUp({ log }, job);
  const cpu = startCpuMeter();
  const startedAt = now();
  for (let n = 0; n < count; n++) log(n);
  report({ startedAt, callNs: (now() - startedAt) / count, isLogged: true });
  // First of all: a transport may crash at the end, or hold it up, and has shipped all the same.
  process.prependListener('exit', () => {
    const { mainUs, cpuUs } = cpu();
    report({ mainUs: mainUs / count, cpuUs: cpuUs / count, peakRssMiB: peakRssMiB(), isMeasured: true });
  });
  void Promise.resolve(close()).then(() => report({ isClosed: true }));
  await told();
}
