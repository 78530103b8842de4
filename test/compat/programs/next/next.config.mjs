/** pino and its transport start a worker thread from files of their own: they stay outside of the bundle. */
export default {
  serverExternalPackages: ['pino', '@tracehub/pino'],
};
