import { execFileSync } from 'node:child_process';

/** A port that is free at this moment. Found in a process of its own, because finding one takes a turn of the loop. */
export function freePort() {
  const find =
    "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})";
  return Number(execFileSync(process.execPath, ['-e', find], { encoding: 'utf8' }));
}
