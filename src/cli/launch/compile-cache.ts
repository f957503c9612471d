/** Node's compile cache (Node 22.1 and newer), which keeps compiled code for the next start. */

/** Folder beside the program, which the build creates. */
export const COMPILE_CACHE_FOLDER = 'compile-cache'

interface CompileCacheModule {
  /** Does not throw. It only reads from a folder that is not writable. Absent before Node 22.1. */
  readonly enableCompileCache?: (folder: string) => unknown
}

/**
 * Uses the cache in the folder of the program, if the build has made one. By default Node uses the temporary folder of
 * the system, where other users could put code of their own.
 */
export function useCompileCache(programFolder: string): void {
  const { existsSync } = process.getBuiltinModule('node:fs')
  const folder = `${programFolder}/${COMPILE_CACHE_FOLDER}`
  if (!existsSync(folder)) return
  const { enableCompileCache } = process.getBuiltinModule('node:module') as CompileCacheModule
  enableCompileCache?.(folder)
}
