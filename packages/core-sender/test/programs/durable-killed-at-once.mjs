import { log, startSender } from './sender.mjs';

// With an interval of 0 there is no moment in which a log call that has returned can be lost.
log(startSender({ durable: true, durableInterval: 0 }));
process.kill(process.pid, 'SIGKILL');
