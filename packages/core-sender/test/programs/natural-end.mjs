import { log, startSender } from './sender.mjs';

log(startSender());
