import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isOwnerDead } from '@tracehub/core-sender/dead-letters';
import { namesIn } from './destinations.ts';

/** Dead letters of TraceHub's Python, Java and C++ SDKs: one entry as JSON a line, in the directory itself. */
export interface SdkFile {
  path: string;
  /** The name the SDK gave it. */
  name: string;
  bytes: number;
}

/** As the SDKs name it, and with the owner of an import that has taken it. */
const NAME = /^(failed_.+\.jsonl)(?:\.([0-9a-f]{16}))?$/;

/** What an import calls a file while it has it. */
export function takenName(path: string, owner: string): string {
  return `${path}.${owner}`;
}

/** The name the SDK gave a file, which an import may have taken. */
export function sdkName(name: string): string {
  return NAME.exec(name)?.[1] ?? name;
}

/** Such files in `dlqPath`, those left behind by an import that was killed included. */
export async function listSdkFiles(dlqPath: string): Promise<SdkFile[]> {
  const files: SdkFile[] = [];
  for (const file of (await namesIn(dlqPath)).toSorted()) {
    const [, name, owner] = NAME.exec(file) ?? [];
    if (name === undefined) continue;
    if (owner !== undefined && !(await isOwnerDead(dlqPath, owner))) continue;
    const path = join(dlqPath, file);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) files.push({ path, name, bytes: found.size });
  }
  return files;
}
