import type { Check } from './check.ts';
import { address } from './checks/address.ts';
import { answer } from './checks/answer.ts';
import { clock } from './checks/clock.ts';
import { configuration } from './checks/configuration.ts';
import { connection } from './checks/connection.ts';
import { directory } from './checks/directory.ts';
import { dns } from './checks/dns.ts';
import { endpoint } from './checks/endpoint.ts';
import { entry } from './checks/entry.ts';
import { key } from './checks/key.ts';
import { letters } from './checks/letters.ts';
import { others } from './checks/others.ts';
import { poison } from './checks/poison.ts';
import { proxy } from './checks/proxy.ts';
import { reading } from './checks/reading.ts';
import { server } from './checks/server.ts';
import { size } from './checks/size.ts';
import { space } from './checks/space.ts';
import { tls } from './checks/tls.ts';

/** All checks, in the order in which one thing rests on another: the first that fails is the cause. */
export const CHECKS: readonly Check[] = [
  configuration,
  endpoint,
  proxy,
  dns,
  connection,
  tls,
  answer,
  address,
  key,
  server,
  clock,
  size,
  entry,
  reading,
  directory,
  space,
  poison,
  letters,
  others,
];
