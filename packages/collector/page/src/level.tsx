import type { JSX } from 'preact';
import type { IssueStatus } from '../../src/read/answers.ts';
import type { LogLevel } from '../../src/store/log-row.ts';

/** A severity, in its colour and in words. */
export function Level({ level }: { level: LogLevel }): JSX.Element {
  return <span class={`level ${level}`}>{level}</span>;
}

/** States of an issue in words. */
const statusNames: Readonly<Record<IssueStatus, string>> = {
  OPEN: 'Open',
  IN_PROGRESS: 'In progress',
  RESOLVED: 'Resolved',
};

/** The state of an issue. */
export function Status({ status }: { status: IssueStatus }): JSX.Element {
  return <span class={`status ${status}`}>{statusNames[status]}</span>;
}
