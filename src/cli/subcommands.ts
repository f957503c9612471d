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
  ['drill', async (args) => (await import('./drill/index.ts')).drill(args)],
])

export function findSubcommand(word: string): Subcommand | undefined {
  return SUBCOMMANDS.get(word)
}
