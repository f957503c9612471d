/** The package has no types of its own: what is used of it. */
declare module '@bcoe/v8-coverage' {
  export interface ScriptCov {
    scriptId: string
    url: string
    functions: {
      functionName: string
      isBlockCoverage: boolean
      ranges: { startOffset: number, endOffset: number, count: number }[]
    }[]
  }
  /** Sums of what several processes counted in one script. */
  export function mergeScriptCovs(scripts: readonly ScriptCov[]): ScriptCov | undefined
}
