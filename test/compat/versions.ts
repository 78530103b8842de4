/** What is installed beside our packages, pinned: what the table says holds for these. */

/** The lines of Node that are supported, each by its lowest or its newest; npm has them as the package `node`. */
export const NODES = ['20.19.0', '20.20.2', '22.23.3', '24.21.0', '26.10.0'] as const;

/** The loggers, from the lowest version that the peer range allows on. */
export const LOGGERS: Readonly<Record<string, readonly string[]>> = {
  pino: ['9.0.0', '9.14.0', '10.0.0', '10.4.0'],
  winston: ['3.0.0', '3.3.4', '3.8.2', '3.19.0'],
  bunyan: ['1.8.0', '1.8.15', '2.0.0', '2.0.5'],
};

/** The newest of a logger. */
export function newest(logger: string): string {
  return LOGGERS[logger]?.at(-1) as string;
}

export const NEXT = { next: '16.4.6', react: '19.2.0', 'react-dom': '19.2.0' } as const;
export const JEST = { jest: '30.5.2' } as const;
export const VITEST = { vitest: '4.1.12' } as const;
/** pino's own plugin for esbuild, with the newest esbuild it allows. */
export const PINO_PLUGIN = { esbuild: '0.25.8', 'esbuild-plugin-pino': '2.3.3' } as const;
