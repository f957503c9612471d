/** `ts-sentinel harness serve`: the control interface for a program that starts this one. */
import { fstatSync } from 'node:fs'

import { ControlService, HttpControl, messageOf, serveJsonLines, watchAncestors } from '../../harness/index.ts'
import { PACKAGE_VERSION } from '../../daemon/index.ts'
import type { HarnessWorld } from './harness-world.ts'
import type { ServeOptions } from './options.ts'
import { isEnding } from './signals.ts'

/** Serves until standard input or the parent ends, or a signal comes. Resolves with the exit status. */
export async function serveTool(options: ServeOptions, world: HarnessWorld): Promise<number> {
  const stopWatching = watchAncestors(options.outliveParent ? 'none' : 'parent')
  const service = new ControlService()
  let stopListening: () => void = () => undefined
  const signalled = new Promise<void>((resolve) => {
    stopListening = world.signals.listen((signal) => { if (isEnding(signal)) resolve() })
  })
  try {
    const http = await HttpControl.listen(service, PACKAGE_VERSION, options.port)
    try {
      world.writeLine(JSON.stringify({
        ready: { url: http.url, token: http.token, openapi: `${http.url}/openapi.json`, pid: process.pid },
      }))
      const inputEnded = serveJsonLines(service, world.input(), world.writeLine)
      await Promise.race([signalled, endsWithInput() ? inputEnded : signalled])
    } finally {
      await http.close()
      await service.close()
    }
    return 0
  } catch (error) {
    world.printError(`ts-sentinel harness: ${messageOf(error)}\n`)
    return 1
  } finally {
    stopListening()
    stopWatching()
  }
}

/** A command in the background has /dev/null as its input, which ends at once and means nothing. */
function endsWithInput(): boolean {
  try {
    return process.stdin.isTTY || !fstatSync(0).isCharacterDevice()
  } catch {
    return false
  }
}
