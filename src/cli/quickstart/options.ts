import { parseArgs } from 'node:util'

/** The command line of the quickstart. */
export interface QuickstartOptions {
  readonly help: boolean
  /** Leave all processes running at the end. */
  readonly keep: boolean
  /** The client writes through a proxy, and knows nothing of Sentinel. */
  readonly proxy: boolean
  /** The program that runs as sentinel. `genuine` shows the same failover with redis-sentinel, for comparison. */
  readonly sentinel: 'ours' | 'genuine'
}

export const HELP = `Shows a failover on this machine: one master, two replicas, three ts-sentinels in a temporary folder.

Usage: npm run quickstart [-- options]

Options:
  --proxy   start a ts-sentinel proxy, too, and write with a client that knows its address alone, and nothing of Sentinel
  --keep    leave everything running at the end, and print the dashboard and how to look around and break things
  --help    print this text

Set NO_COLOR to get plain text.`

/** @throws Error in plain words for an unknown option */
export function parseOptions(args: readonly string[]): QuickstartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      keep: { type: 'boolean', default: false },
      proxy: { type: 'boolean', default: false },
      sentinel: { type: 'string', default: 'ours' },
    },
  })
  const { help, keep, proxy, sentinel } = values
  if (sentinel !== 'ours' && sentinel !== 'genuine') {
    throw new Error(`--sentinel must be ours or genuine, not ${sentinel}`)
  }
  return { help, keep, proxy, sentinel }
}
