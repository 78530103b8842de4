import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type AppPlan, installApps, packAll } from './app-workspace.ts';
import { PACKED_APPS, writePackedPrograms } from './packed-apps.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with a folder for each app. */
    apps: string;
    /** The tarball of each package by its name. */
    tarballs: Record<string, string>;
  }
}

/** Packs all packages and installs the apps of the lane, once for all its files. */
export default async function setUp(project: TestProject): Promise<() => void> {
  return await installFor(project, PACKED_APPS, writePackedPrograms);
}

/** The same for other apps; `writePrograms` puts their programs into their folders. Returns what takes all away. */
export async function installFor(
  project: TestProject,
  plans: Readonly<Record<string, AppPlan>>,
  writePrograms: (apps: string) => void,
): Promise<() => void> {
  const directory = mkdtempSync(join(tmpdir(), 'tracehub-apps-'));
  const apps = join(directory, 'apps');
  mkdirSync(apps);
  const tarballs = await packAll(join(directory, 'tarballs'));
  await installApps(apps, tarballs, plans);
  writePrograms(apps);
  project.provide('apps', apps);
  project.provide('tarballs', Object.fromEntries(tarballs));
  return () => rmSync(directory, { recursive: true, force: true });
}
