/**
 * Words that may be given in place of a configuration file and run a tool: `ts-sentinel check sentinel.conf`. Each tool
 * is loaded when it is called, so that it does not slow down a plain start.
 */
export interface Subcommand {
  /** What it does, for the list of all tools. */
  readonly summary: string
  readonly run: (args: readonly string[]) => Promise<number>
}

/** Exit status of a tool that cannot be loaded. */
const CANNOT_RUN = 2

/** In the order in which people need them. */
export const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ['check', {
    summary: 'check a sentinel.conf and the nodes that it names',
    run: async (args) => (await import('./check/index.ts')).check(args),
  }],
  ['status', {
    summary: 'show what all sentinels of a fleet report, once or live',
    run: async (args) => (await import('./sentinel-tools/index.ts')).statusTool(args),
  }],
  ['explain', {
    summary: 'show what is wrong with a master, why, and what to type',
    run: async (args) => (await import('./sentinel-tools/index.ts')).explainTool(args),
  }],
  ['history', {
    summary: 'list the last failovers',
    run: async (args) => (await import('./sentinel-tools/index.ts')).historyTool(args),
  }],
  ['pause', {
    summary: 'pause failovers of a master on all its sentinels',
    run: async (args) => (await import('./fleet-tools/index.ts')).pauseTool(args),
  }],
  ['resume', {
    summary: 'end a pause on all sentinels',
    run: async (args) => (await import('./fleet-tools/index.ts')).resumeTool(args),
  }],
  ['forget', {
    summary: 'remove a dead replica or sentinel on all sentinels',
    run: async (args) => (await import('./fleet-tools/index.ts')).forgetTool(args),
  }],
  ['failover', {
    summary: 'order a failover and verify it on all sentinels',
    run: async (args) => (await import('./fleet-tools/index.ts')).failoverTool(args),
  }],
  ['switchover', {
    summary: 'change the master without losing a write',
    run: async (args) => (await import('./fleet-tools/index.ts')).switchoverTool(args),
  }],
  ['proxy', {
    summary: 'run a proxy for applications without Sentinel support',
    run: async (args) => (await import('./proxy/index.ts')).runProxy(args),
  }],
  ['drill', {
    summary: 'run failovers and measure their cost',
    run: async (args) => (await withClients('drill', () => import('./drill/index.ts')))?.drill(args) ?? CANNOT_RUN,
  }],
  ['harness', {
    summary: 'start Redis servers and sentinels for tests in any language',
    run: async (args) => (await withClients('harness', () => import('./harness/index.ts')))?.harnessTool(args) ?? CANNOT_RUN,
  }],
])

export function findSubcommand(word: string): Subcommand | undefined {
  return SUBCOMMANDS.get(word)
}

/**
 * Loads a tool with a dependency: its clients use ioredis, which npm installs beside the program.
 *
 * @throws what `load` throws, unless ioredis is missing: then it prints what to do and resolves with undefined
 */
export async function withClients<Tool>(tool: string, load: () => Promise<Tool>): Promise<Tool | undefined> {
  try {
    return await load()
  } catch (error) {
    if (!(error instanceof Error) || !/^Cannot find (?:package|module) 'ioredis'/.test(error.message)) throw error
    process.stderr.write(`ts-sentinel ${tool} needs the package ioredis: install ts-sentinel with npm, which installs ioredis with it.\n`)
    return undefined
  }
}
