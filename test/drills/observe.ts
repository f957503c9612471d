/** What an operator reads first at each sentinel: from `ts-sentinel explain`, and on its page. */
import { execFile } from 'node:child_process'

import type { FindingJson, FleetMasterDocument } from '../../src/documents/index.ts'
import { commandOf } from '../integration/process-program.ts'
import type { HttpDeployment } from '../integration/support/settings-file.ts'

/** A screen: its first line, and the lines that belong to it (what to do, and the command). */
export interface Look {
  readonly line: string
  readonly advice: string
}

export interface SentinelLooks {
  /** `ts-sentinel explain` with its address. */
  readonly tool: Look
  /** The headline of its page; undefined where it has none. */
  readonly page: Look | undefined
}

export async function lookAt({ deployment, url }: HttpDeployment): Promise<readonly SentinelLooks[]> {
  return Promise.all(deployment.sentinels.map(async (sentinel, at): Promise<SentinelLooks> => {
    const [tool, page] = await Promise.all([
      explain(sentinel.address.port, deployment.group.name),
      sentinel.kind === 'ours' ? headline(url(at), deployment.group.name) : undefined,
    ])
    return { tool, page }
  }))
}

function explain(port: number, master: string): Promise<Look> {
  const { file, args } = commandOf('ours')
  return new Promise((resolve) => {
    execFile(file, [...args, 'explain', `127.0.0.1:${port}`, master], { timeout: 20_000 }, (_error, stdout, stderr) => {
      const [line = '', ...others] = `${stdout}${stderr}`.split('\n')
      const end = others.findIndex((other) => !other.startsWith('  '))
      resolve({ line, advice: others.slice(0, end === -1 ? others.length : end).map((other) => other.trim()).join(' ') })
    })
  })
}

/** The headline is the first finding of all sentinels together (src/http/dashboard/browser/screen.ts). */
async function headline(url: string, master: string): Promise<Look> {
  try {
    const reply = await fetch(`${url}/fleet/${master}`, { signal: AbortSignal.timeout(10_000) })
    const { master: { findings: [first] } } = await reply.json() as FleetMasterDocument
    return first === undefined ? { line: 'OK', advice: '' } : lookOf(first)
  } catch {
    // The page that is still open turns grey (test/integration/dashboard-trouble.test.ts).
    return { line: NO_PAGE, advice: '' }
  }
}

/** In the place of a headline, of a sentinel that does not answer. */
export const NO_PAGE = 'No data'

function lookOf({ severity, text, remedy, command }: FindingJson): Look {
  return { line: `${severity.toUpperCase()}  ${text}`, advice: [remedy, command].filter((part) => part !== null).join(' $ ') }
}
