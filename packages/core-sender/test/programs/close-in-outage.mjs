import { log, startSender } from './sender.mjs';

const sender = startSender();
log(sender);
const receipt = await sender.close();
console.log(`receipt ${JSON.stringify(receipt)}`);
