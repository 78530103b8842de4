export { createCollector } from './collector.ts';
export type { Collector } from './collector.ts';
export type { CollectorOptions } from './options.ts';
export { CollectorConfigError } from './config-error.ts';

export type { LogRecord, LogsAnswer } from './read/logs-route.ts';
export type { IssueRecord, IssuesAnswer } from './read/issues-route.ts';
export type { OverviewAnswer } from './read/overview-route.ts';
