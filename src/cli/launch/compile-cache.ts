/** Node's compile cache, which Node has since 22.1: it keeps what V8 compiled for the next start. */

/** Beside the program; the build makes it. */
export const COMPILE_CACHE_FOLDER = 'compile-cache'

interface CompileCacheModule {
  /** Does not throw; from a folder that cannot be written it only reads. Absent before Node 22.1. */
  readonly enableCompileCache?: (folder: string) => unknown
}

/**
 * Uses the cache in the folder of the program, where the build has made one. The default is a folder in the temporary
 * folder of the system, which other users could fill with code of their own.
 */
export function useCompileCache(programFolder: string): void {
  const { existsSync } = process.getBuiltinModule('node:fs')
  const folder = `${programFolder}/${COMPILE_CACHE_FOLDER}`
  if (!existsSync(folder)) return
  const { enableCompileCache } = process.getBuiltinModule('node:module') as CompileCacheModule
  enableCompileCache?.(folder)
}
