/** The logo that greets somebody who starts the program at a terminal (config.md 1.8). */
import { isatty } from 'node:tty'
import type { Settings } from '../config/index.ts'
import { BUILD_FACTS, PACKAGE_VERSION } from './version.ts'

const STANDARD_OUTPUT = 1

/** Whether the logo takes the place of the line that names mode and port. */
export function showsLogo(
  { alwaysShowLogo, logFile, syslog, logLevel }: Settings, isTerminal = isatty(STANDARD_OUTPUT),
): boolean {
  // It has the level of the line in whose place it stands.
  if (logLevel === 'warning' || logLevel === 'nothing') return false
  return alwaysShowLogo || (isTerminal && logFile === '' && !syslog.enabled)
}

/** A drawing of our own with the facts that the original gives there. */
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
