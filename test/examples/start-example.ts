import { fileURLToPath } from 'node:url';
import { type Child, startProgram } from '../kit/child.ts';
import type { CollectorProcess } from '../kit/collector-process.ts';
import { makeTempDirectory } from '../kit/temp.ts';

/** Starts a program of this folder that logs to the collector. */
export function startExample(file: string, { url, apiKey }: CollectorProcess): Child {
  return startProgram(fileURLToPath(new URL(file, import.meta.url)), {
    env: {
      TRACEHUB_ENDPOINT: url,
      TRACEHUB_API_KEY: apiKey,
      TRACEHUB_DLQ_PATH: makeTempDirectory('example'),
    },
  });
}
