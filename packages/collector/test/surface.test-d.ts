import { describe, expectTypeOf, it } from 'vitest';
import * as tracehub from '@tracehub/collector';
import type {
  Collector,
  CollectorOptions,
  GapsAnswer,
  IssueAnswer,
  IssuesAnswer,
  IssueStatus,
  LevelCounts,
  LogRecord,
  LogsAnswer,
  OverviewAnswer,
  SeverityAnswer,
  TimelineAnswer,
} from '@tracehub/collector';

describe('@tracehub/collector', () => {
  it('starts with options or none, and gives where it listens', () => {
    expectTypeOf(tracehub.createCollector).toBeCallableWith();
    expectTypeOf(tracehub.createCollector).parameter(0).toEqualTypeOf<CollectorOptions | undefined>();
    expectTypeOf(tracehub.createCollector).returns.toEqualTypeOf<Promise<Collector>>();
    expectTypeOf<Collector['url']>().toEqualTypeOf<string>();
    expectTypeOf<Collector['developmentKey']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Collector['close']>().toEqualTypeOf<() => Promise<void>>();
  });

  it('has these options, and no other', () => {
    expectTypeOf<keyof CollectorOptions>().toEqualTypeOf<
      | 'port'
      | 'host'
      | 'dataDir'
      | 'databaseUrl'
      | 'amqpUrl'
      | 'role'
      | 'retentionDays'
      | 'developmentKey'
      | 'readToken'
    >();
  });

  it('refuses options of the wrong kind', () => {
    // @ts-expect-error -- a port is a number
    void ({ port: '4319' } satisfies CollectorOptions);
    // @ts-expect-error -- one of three
    void ({ role: 'queue' } satisfies CollectorOptions);
    // @ts-expect-error -- misspelt
    void ({ dataDirectory: '/tmp' } satisfies CollectorOptions);
  });

  it('tells what reading gives', () => {
    expectTypeOf<LogsAnswer['logs']>().toEqualTypeOf<LogRecord[]>();
    expectTypeOf<LogsAnswer['next_cursor']>().toEqualTypeOf<string | null>();
    expectTypeOf<LogRecord['level']>().toEqualTypeOf<'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL'>();
    expectTypeOf<LogRecord['extra']>().toEqualTypeOf<Record<string, unknown> | null>();
    expectTypeOf<LogRecord>().not.toHaveProperty('project_id');
    expectTypeOf<IssuesAnswer['issues'][number]['last_24_hours']>().toEqualTypeOf<number[]>();
    expectTypeOf<IssueAnswer['samples']>().toEqualTypeOf<LogRecord[]>();
    expectTypeOf<IssueStatus>().toEqualTypeOf<'OPEN' | 'IN_PROGRESS' | 'RESOLVED'>();
    expectTypeOf<OverviewAnswer['total_logs']>().toEqualTypeOf<number>();
    expectTypeOf<SeverityAnswer['severity']>().toEqualTypeOf<LevelCounts>();
    expectTypeOf<TimelineAnswer['buckets'][number]['FATAL']>().toEqualTypeOf<number>();
    expectTypeOf<GapsAnswer['gaps'][number]['reasons']>().toEqualTypeOf<Record<string, number>>();
  });

  it('has an error with a code', () => {
    expectTypeOf<tracehub.CollectorConfigError>().toExtend<Error>();
    expectTypeOf<tracehub.CollectorConfigError['code']>().toEqualTypeOf<'TRACEHUB_COLLECTOR_CONFIG'>();
  });

  it('has these exports, and no other', () => {
    expectTypeOf<keyof typeof tracehub>().toEqualTypeOf<'createCollector' | 'CollectorConfigError'>();
  });
});
