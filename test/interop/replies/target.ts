import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { claimPort, eventually } from '../../../src/harness/index.ts'
import { fakeMaster, masterView } from '../../unit/commands/fake-core.ts'
import { RawClient } from '../../unit/server/raw-client.ts'
import { startServer } from '../../unit/server/test-server.ts'

/** A sentinel to ask, whoever wrote it. */
export interface Target {
  readonly port: number
  stop(): Promise<void>
}

export interface TargetOptions {
  readonly requirepass?: string
  /** Where the one monitored master is said to be; nothing listens there. */
  readonly masterPort: number
}

/** The original, watching one master that is not there. */
export async function startGenuine({ requirepass, masterPort }: TargetOptions): Promise<Target> {
  const directory = mkdtempSync(join(tmpdir(), 'replies-'))
  const claimed = await claimPort()
  const { port } = claimed
  const file = join(directory, 'sentinel.conf')
  writeFileSync(file, [
    `port ${port}`, 'bind 127.0.0.1', `dir ${directory}`, `logfile ${join(directory, 'log')}`,
    ...(requirepass === undefined ? [] : [`requirepass ${requirepass}`]),
    // Not down during the test: its flags would change in the middle of it.
    `sentinel monitor mymaster 127.0.0.1 ${masterPort} 2`, 'sentinel down-after-milliseconds mymaster 3600000', '',
  ].join('\n'))
  const process = spawn('redis-sentinel', [file], { stdio: 'ignore' })
  const stop = async (): Promise<void> => {
    await end(process)
    claimed.release()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await eventually('the genuine sentinel listens', async () => {
      const client = await RawClient.open(port)
      client.destroy()
    })
    return { port, stop }
  } catch (cause) {
    const log = readFileSync(join(directory, 'log'), 'utf8')
    await stop()
    throw new Error(`the genuine sentinel did not start: ${log}`, { cause })
  }
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return
  const ended = once(process, 'exit')
  process.kill('SIGKILL')
  await ended
}

/** Our server and commands, over a core that is in the same state as the genuine sentinel above. */
export async function startOurs({ requirepass, masterPort }: TargetOptions): Promise<Target> {
  const server = await startServer({}, requirepass === undefined ? {} : { requirepass })
  const view = masterView({
    port: masterPort, runId: '', flags: ['master', 'disconnected'], infoRefreshMs: 0, configEpoch: 0n,
    replicaCount: 0, otherSentinelCount: 0, downAfterMs: 3_600_000,
  })
  server.view.fakes = [fakeMaster({
    view, replicas: [], peers: [], infoCache: [{ ageMs: 0, text: undefined }],
    quorumCheck: { usable: 1, quorum: 2, majority: 1 },
  })]
  server.operator.reply = (operation) => {
    switch (operation.kind) {
      case 'reset':
        return { kind: 'reset', count: ['mymaster', '*'].includes(operation.pattern) ? 1 : 0 }
      case 'is-master-down':
        return { kind: 'master-down', down: false, leader: undefined, epoch: 0n }
      case 'failover':
        return { kind: 'refused', error: operation.name === 'mymaster' ? 'no-good-replica' : 'no-such-master' }
      case 'remove':
        return { kind: 'refused', error: 'no-such-master' }
      case 'monitor':
        return { kind: 'refused', error: monitorRefusal(operation.host, operation.port) }
      default:
        return { kind: 'ok' }
    }
  }
  return server
}

function monitorRefusal(host: string, port: number): 'unresolvable-address' | 'invalid-port' | 'duplicate-master' {
  if (!/^[\d.]+$/.test(host)) return 'unresolvable-address'
  return port < 0 || port > 65_535 ? 'invalid-port' : 'duplicate-master'
}
