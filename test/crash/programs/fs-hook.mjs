import fs from 'node:fs';
import { dirname } from 'node:path';

/*
 * Puts a hook before every call the sender makes to the file system. The package and sonic-boom call through the
 * one `fs` object of CommonJS, so replacing its functions reaches both.
 *
 * The hook hears `{ name, path, to, data, args }`, the bare name without `Sync`, and answers with nothing (go on) or
 * with `{ error: 'EIO' }`, `{ error: 'ENOSPC', stump: true }` (half is written first), `{ short: true }` (half is
 * written, and that is the answer), `{ after: f }` (f runs when the call is done), `{ instead: f }` (what f returns or
 * throws is the answer, and the real file system hears nothing).
 */

const BY_PATH = ['open', 'rename', 'unlink', 'rm', 'mkdir', 'writeFile', 'appendFile', 'stat'];
const BY_FD = ['write', 'ftruncate', 'fsync', 'close'];
const BY_PROMISE = [
  'mkdir',
  'access',
  'rename',
  'readFile',
  'writeFile',
  'appendFile',
  'unlink',
  'opendir',
  'stat',
  'lstat',
  'utimes',
  'rm',
  'readdir',
];

const real = { ...fs, promises: { ...fs.promises } };
const paths = new Map();
const hooks = new Map();

/** Calls `hook` for everything that happens below `directory`; gives the function that stops it. */
export function hookFileSystem(directory, hook) {
  if (hooks.size === 0) install();
  hooks.set(directory, hook);
  return () => hooks.delete(directory);
}

function install() {
  for (const name of BY_PATH) fs[`${name}Sync`] = bySyncCall(name);
  for (const name of BY_FD) fs[`${name}Sync`] = bySyncCall(name);
  for (const name of ['open', ...BY_FD]) fs[name] = byCallback(name);
  for (const name of BY_PROMISE) {
    fs.promises[name] = async (...args) => {
      const verdict = ask(name, args);
      if (verdict?.instead) return verdict.instead();
      if (verdict?.error) {
        if (verdict.stump && (name === 'appendFile' || name === 'writeFile'))
          real[`${name}Sync`](args[0], half(args[1]), args[2]);
        throw fault(verdict.error, name, args[0]);
      }
      if (verdict?.after) {
        // As below: while it was under way the process might end by itself.
        const result = real[`${name}Sync`](...args);
        verdict.after();
        return result;
      }
      return real.promises[name](...args);
    };
  }
}

function bySyncCall(name) {
  const original = real[`${name}Sync`];
  return (...args) => {
    const verdict = ask(name, args);
    if (verdict?.error) {
      if (verdict.stump && (name === 'appendFile' || name === 'writeFile'))
        original(args[0], half(args[1]), args[2]);
      if (verdict.stump && name === 'write') original(args[0], half(args[1]));
      // A close that fails has closed all the same.
      if (name === 'close') original(...args);
      throw fault(verdict.error, name, args[0]);
    }
    const call = verdict?.instead ?? (() => original(...args));
    const result = verdict?.short ? original(args[0], half(args[1])) : call();
    note(name, args, result);
    verdict?.after?.();
    return result;
  };
}

function byCallback(name) {
  const original = real[name];
  return (...args) => {
    const verdict = ask(name, args);
    const callback = args.at(-1);
    if (verdict?.error) {
      if (verdict.stump && name === 'write') real.writeSync(args[0], half(args[1]));
      if (name === 'close') real.closeSync(args[0]);
      return void setImmediate(() => callback(fault(verdict.error, name, args[0])));
    }
    if (verdict?.instead) return answerLater(name, args, verdict.instead);
    if (verdict?.after) {
      // To the end before anything else happens, so that what follows is exactly the call.
      const result = real[`${name}Sync`](...args.slice(0, -1));
      note(name, args, result);
      verdict.after();
      return void setImmediate(() => callback(null, result));
    }
    if (verdict?.short) args[1] = half(args[1]);
    args[args.length - 1] = (error, result) => {
      if (!error) note(name, args, result);
      callback(error, result);
    };
    original(...args);
  };
}

/** As from the thread pool: the call has not happened when the caller goes on. */
function answerLater(name, args, instead) {
  const callback = args.at(-1);
  setImmediate(() => {
    let result;
    try {
      result = instead();
    } catch (error) {
      return void callback(error);
    }
    note(name, args, result);
    callback(null, result);
  });
}

function ask(name, args) {
  const path = typeof args[0] === 'number' ? paths.get(args[0]) : String(args[0]);
  if (path === undefined) return undefined;
  for (const [directory, hook] of hooks) {
    if (path !== directory && !path.startsWith(`${directory}/`)) continue;
    return hook({ name, path, to: name === 'rename' ? args[1] : undefined, data: args[1], args });
  }
  return undefined;
}

function note(name, args, result) {
  if (name === 'open') paths.set(result, String(args[0]));
  if (name === 'close') paths.delete(args[0]);
  if (name === 'rename') {
    for (const [fd, path] of paths) if (path === args[0]) paths.set(fd, args[1]);
  }
}

function half(data) {
  const bytes = Buffer.from(data);
  return bytes.subarray(0, Math.max(bytes.length >> 1, 1));
}

function fault(code, syscall, path) {
  return Object.assign(new Error(`${code}: planted, ${syscall}`), {
    code,
    syscall,
    path: typeof path === 'string' ? `${dirname(path)}/…` : undefined,
  });
}
