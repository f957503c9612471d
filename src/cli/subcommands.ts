/**
 * Words that may be given in place of a configuration file and run a tool: `ts-sentinel check sentinel.conf`. Each tool
 * is loaded when it is called, so that it does not slow down a plain start.
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

/** The only tool with a dependency: the drill's clients use ioredis, which npm installs beside the program. */
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
