import type { TestProject } from 'vitest/node';
import { installFor } from '../packed/set-up.ts';
import { APPS, writePrograms } from './apps.ts';

/** Packs all packages and installs all apps, once for the whole run. */
export default async function setUp(project: TestProject): Promise<() => void> {
  return await installFor(project, APPS, writePrograms);
}
