import type { Deployment } from '../deployment.ts'
import { eventually, notYet } from '../eventually.ts'
import type { NodeProcess } from '../node-process.ts'
import { markFault, type MarkedFault } from './deployment-fault.ts'

/** Which clocks jump. */
export interface ClockOptions {
  /** The monotonic clock jumps as well, as after a suspended virtual machine; only of our sentinels. Default false. */
  readonly monotonic?: boolean
}

/** A clock that is this close to the wanted time has jumped. */
const CLOSE_MS = 500

/**
 * Sets the clock of a process forward, or back by a negative number of milliseconds. Resolves when the process reports
 * the new time. The end sets it right.
 *
 * @throws Error unless the deployment has `clockFaults`, or when the clock of the program cannot be changed
 */
export async function clockJump(
  deployment: Deployment, process: NodeProcess, jumpMs: number, { monotonic = false }: ClockOptions = {},
): Promise<MarkedFault> {
  if (!Number.isFinite(jumpMs)) throw new Error(`a jump is a number of milliseconds, not ${jumpMs}`)
  const { clock, runsNode } = process.process
  if (clock === undefined) throw new Error(`${process.name}: clockJump needs a deployment with clockFaults: true`)
  const set = async (wallMs: number): Promise<void> => {
    clock.set({ wallMs, monotonicMs: monotonic ? wallMs : 0 })
    await eventually(`the clock of ${process.name} to jump`, async () => {
      const offMs = await clockOf(process) - Date.now() - wallMs
      if (process.running && Math.abs(offMs) > CLOSE_MS) throw notYet(`it is off by ${offMs} ms`)
    }, { everyMs: 10 })
  }
  if (!process.running) throw new Error(`${process.name} does not run`)
  clock.check(process.name, runsNode, { wallMs: jumpMs, monotonicMs: monotonic ? jumpMs : 0 })
  const fault = markFault(deployment, process.name, `clock jumps by ${jumpMs} ms`, () => set(0))
  await set(jumpMs)
  return fault
}

/** Milliseconds since 1970 on the clock of the process. */
async function clockOf(process: NodeProcess): Promise<number> {
  const info = String(await process.call(['INFO', 'server']))
  return Number(/^server_time_usec:(\d+)/m.exec(info)?.[1] ?? Number.NaN) / 1_000
}
