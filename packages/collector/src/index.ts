export { createCollector } from './collector.ts';
export type { Collector } from './collector.ts';
export type { CollectorOptions } from './options.ts';
export { CollectorConfigError } from './config-error.ts';

export type {
  GapRecord,
  GapsAnswer,
  IssueAnswer,
  IssueRecord,
  IssuesAnswer,
  IssueStatus,
  LevelCounts,
  ListedIssue,
  LogRecord,
  LogsAnswer,
  OverviewAnswer,
  SeverityAnswer,
  TimelineAnswer,
} from './read/answers.ts';
