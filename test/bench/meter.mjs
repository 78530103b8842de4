import { readFileSync } from 'node:fs';

/** Nanoseconds on the clock that all processes of this machine share. */
export const now = () => Number(process.hrtime.bigint());

/** CPU of the app thread alone, in µs. The thread of `main()` has the number of the process. */
function mainThreadCpu() {
  const [ns] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ');
  return Number(ns) / 1e3;
}

function processCpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Starts to measure the CPU, in µs. */
export function startCpuMeter() {
  const main = mainThreadCpu();
  const all = processCpu();
  return () => ({ mainUs: mainThreadCpu() - main, cpuUs: processCpu() - all });
}

/** The most memory this process ever had, in MiB. */
export function peakRssMiB() {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))[1]) / 1024;
}
