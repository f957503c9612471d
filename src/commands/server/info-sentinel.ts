import type { SimulatedFailure } from '../../core/index.ts'
import type { CommandEnvironment } from '../environment.ts'
import type { InfoField } from './info-section.ts'

export function sentinelSection({ view, scripts, now }: CommandEnvironment): readonly InfoField[] {
  const summary = view.summary(now())
  const pending = scripts.pending()
  return [
    ['sentinel_masters', summary.masters.length],
    ['sentinel_tilt', summary.tilt ? 1 : 0],
    ['sentinel_tilt_since_seconds', summary.tiltMs === undefined ? -1 : Math.floor(summary.tiltMs / 1000)],
    ['sentinel_running_scripts', pending.filter((script) => script.state === 'running').length],
    ['sentinel_scripts_queue_length', pending.length],
    ['sentinel_simulate_failure_flags', failureBits(summary.simulatedFailure)],
    ...summary.masters.map((master, at): InfoField => {
      const address = `${master.host}:${master.port}`
      const counts = `slaves=${master.replicas},sentinels=${master.sentinels}`
      return [`master${at}`, `name=${master.name},status=${master.status},address=${address},${counts}`]
    }),
  ]
}

function failureBits(failure: SimulatedFailure): number {
  return (failure.crashAfterElection ? 1 : 0) + (failure.crashAfterPromotion ? 2 : 0)
}
