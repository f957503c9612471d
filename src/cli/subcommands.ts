/**
 * Words that may stand where the config file stands and mean a tool instead: `ts-sentinel check sentinel.conf`.
 * Each is loaded when it is called, so that a plain start does not pay for it.
 */
type Subcommand = (args: readonly string[]) => Promise<number>

const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ['check', async (args) => (await import('./check/index.ts')).check(args)],
  ['status', async (args) => (await import('./sentinel-tools/index.ts')).statusTool(args)],
  ['explain', async (args) => (await import('./sentinel-tools/index.ts')).explainTool(args)],
  ['history', async (args) => (await import('./sentinel-tools/index.ts')).historyTool(args)],
  ['drill', runDrill],
])

export function findSubcommand(word: string): Subcommand | undefined {
  return SUBCOMMANDS.get(word)
}

/** The one tool that needs more than the program itself: its clients are ioredis, which npm installs beside it. */
async function runDrill(args: readonly string[]): Promise<number> {
  let tool
  try {
    tool = await import('./drill/index.ts')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') throw error
    process.stderr.write('ts-sentinel drill needs the package ioredis: install ts-sentinel with npm, which installs ioredis with it.\n')
    return 2
  }
  return tool.drill(args)
}
