import { logAtRate } from './log-at-rate.mjs';

/** `count` records at `rate` a second, then closed as the transport's README says, then the end. */
export default async function close({ job: { count, rate }, open, report }) {
  const opened = await open();
  await logAtRate(opened.log, count, rate);
  report({ isLogged: true });
  await opened.close();
}
