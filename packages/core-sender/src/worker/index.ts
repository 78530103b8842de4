export { callingFile } from '../calling-file.ts';
export { AppThread } from './app-thread.ts';
export { LINK, type WorkerLink } from './protocol.ts';
export { SenderHost } from './sender-host.ts';
export { type ThreadStream, endAtExit, ownThreadId, resolveFrom, startThread } from './thread.ts';
export { WorkerSide } from './worker-side.ts';
