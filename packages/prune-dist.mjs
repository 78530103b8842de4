// The compiler leaves what it once made of a source that is gone; published, it would still be found.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

for (const name of readdirSync(import.meta.dirname)) {
  for (const format of ['esm', 'cjs']) {
    const dist = join(import.meta.dirname, name, 'dist', format);
    if (!existsSync(dist)) continue;
    for (const file of readdirSync(dist, { recursive: true })) {
      // Of no source of its own; bundle.mjs looks after these.
      if (file.startsWith('chunks/')) continue;
      const [, stem] = /^(.+?)(?:\.d\.ts|\.js)(?:\.map)?$/.exec(file) ?? [];
      const source = join(import.meta.dirname, name, 'src', `${stem}.ts`);
      if (stem !== undefined && !existsSync(source)) rmSync(join(dist, file));
    }
  }
}
