/** protocol.md 7.1. */
import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { handleSignals } from '../../../src/daemon/signals.ts'

class FakeProcess extends EventEmitter {
  readonly pid = 4711
  readonly killed: string[] = []
  kill(pid: number, signal: string): true {
    this.killed.push(`${pid} ${signal} ${this.listenerCount(signal)}`)
    return true
  }
}

function rig() {
  const process = new FakeProcess()
  const seen: string[] = []
  const stopHandling = handleSignals({
    process: process as unknown as NodeJS.Process,
    logSignal: (text) => seen.push(text),
    shutDown: () => seen.push('shutdown'),
    reload: () => seen.push('reload'),
    exit: (status) => seen.push(`exit ${status}`),
  })
  return { process, seen, stopHandling }
}

describe('signals', () => {
  it.each(['SIGTERM', 'SIGINT'])('start the shutdown: %s', (signal) => {
    const { process, seen } = rig()
    process.emit(signal)
    expect(seen).toEqual([`Received ${signal} scheduling shutdown...`, 'shutdown'])
  })

  it('end the process at once with 1 when SIGINT follows, and a second SIGTERM changes nothing', () => {
    const { process, seen } = rig()
    process.emit('SIGTERM')
    process.emit('SIGTERM')
    process.emit('SIGINT')
    expect(seen.slice(2)).toEqual(['You insist... exiting now.', 'exit 1'])
  })

  it('read the files again at SIGHUP, but not once the shutdown has begun', () => {
    const { process, seen } = rig()
    process.emit('SIGHUP')
    process.emit('SIGHUP')
    expect(seen.filter((line) => line === 'reload')).toHaveLength(2)
    process.emit('SIGTERM')
    process.emit('SIGHUP')
    expect(seen.filter((line) => line === 'reload')).toHaveLength(2)
  })

  it('have no effect when they are SIGPIPE', () => {
    const { process, seen } = rig()
    expect(process.emit('SIGPIPE')).toBe(true)
    expect(seen).toEqual([])
  })

  it('end the process at SIGUSR1 as in the original, instead of opening the debugger', () => {
    const { process } = rig()
    process.emit('SIGUSR1')
    expect(process.killed).toEqual(['4711 SIGUSR1 0'])
  })

  it('have their default handling again afterwards', () => {
    const { process, stopHandling } = rig()
    stopHandling()
    expect(process.eventNames()).toEqual([])
  })
})
