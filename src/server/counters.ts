import type { ServerCounters } from '../commands/index.ts'
import type { Millis } from '../core/index.ts'
import { RateMeter } from './rate-meter.ts'

/** The counters that INFO shows. */
export class Counters implements ServerCounters {
  connectionsReceived = 0
  connectionsRejected = 0
  commandsProcessed = 0
  errorReplies = 0
  reads = 0
  writes = 0
  inputBytes = 0
  outputBytes = 0
  queryBufferDisconnections = 0
  outputBufferDisconnections = 0
  deniedAuth = 0
  deniedCommands = 0
  deniedChannels = 0
  readonly commandRate = new RateMeter()
  readonly inputRate = new RateMeter()
  readonly outputRate = new RateMeter()

  noteInput(bytes: number, mono: Millis): void {
    this.reads += 1
    this.inputBytes += bytes
    this.inputRate.record(bytes, mono)
  }

  noteOutput(bytes: number, mono: Millis): void {
    this.writes += 1
    this.outputBytes += bytes
    this.outputRate.record(bytes, mono)
  }
}
