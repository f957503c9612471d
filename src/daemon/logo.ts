/** The logo that is printed when the program is started at a terminal (config.md 1.8). */
import { isatty } from 'node:tty'
import type { Settings } from '../config/index.ts'
import { BUILD_FACTS, PACKAGE_VERSION } from './version.ts'

const STANDARD_OUTPUT = 1

/** Whether the logo replaces the line that names mode and port. */
export function showsLogo(
  { alwaysShowLogo, logFile, syslog, logLevel }: Settings, isTerminal = isatty(STANDARD_OUTPUT),
): boolean {
  // The logo has the level of the line that it replaces, so it is not logged where that line is not.
  if (logLevel === 'warning' || logLevel === 'nothing') return false
  return alwaysShowLogo || (isTerminal && logFile === '' && !syslog.enabled)
}

/** A drawing of our own with the facts that the logo of the original shows. */
export function logo({ port, processId }: { readonly port: number, readonly processId: number }): string {
  return `
      .---.
     /     \\        ts-sentinel ${PACKAGE_VERSION} (speaks as Redis ${BUILD_FACTS.version}) 64 bit
    |  (o)  |
     \\     /        Running in sentinel mode
   .--'---'--.      Port: ${port}
  /  _______  \\     PID: ${processId}
 '--'       '--'

`
}
