/** Gives each ts-sentinel of the quickstart a dashboard on a port of its own. */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { claimPort, ourSentinel, type SentinelProgram } from '../../harness/index.ts'

/** A sentinel with HTTP. */
export interface WithDashboard {
  readonly program: SentinelProgram
  /** Address of the dashboard. */
  readonly url: string
  /** Releases the port. */
  readonly release: () => void
}

/** A ts-sentinel whose settings file, written before its start, opens HTTP on a free port of this machine. */
export async function withDashboard(): Promise<WithDashboard> {
  const claimed = await claimPort()
  const own = ourSentinel()
  return {
    program: {
      name: own.name,
      command: (configFile) => {
        writeFileSync(join(dirname(configFile), 'ts-sentinel.ini'), `[http]\nlisten = 127.0.0.1:${claimed.port}\n`)
        return own.command(configFile)
      },
    },
    url: `http://127.0.0.1:${claimed.port}/`,
    release: () => { claimed.release() },
  }
}
