/** The entry point of the daemon: a sentinel as an object, and as a program. */
export { createDaemon, type Daemon, type DaemonOptions } from './daemon.ts'
export { loadExtensions, type Extensions, type ExtensionsLoaded } from './extensions-file.ts'
export type { Started } from './lifecycle.ts'
export { runDaemon } from './run.ts'
export { loadTls, type LoadedTls } from './tls.ts'
export { loadUsers, validateUser } from './users.ts'
export { BUILD_FACTS, PACKAGE_VERSION } from './version.ts'
