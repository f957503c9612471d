import { loadConfig, readCommandLine, type Settings } from '../../../src/config/index.ts'
import { inertEnvironment } from '../../../src/config/inert-environment.ts'
import { validateUser } from '../../../src/daemon/index.ts'

/** The settings of a file with this text, on a machine where every file exists and may be used. */
export function settingsOf(text: string): Settings {
  const environment = inertEnvironment({ directory: '/', text })
  const commandLine = readCommandLine('ts-sentinel', ['/x.conf'])
  if (commandLine.action !== 'run') throw new Error('not a start')
  const loaded = loadConfig({ commandLine, environment, validateUser })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure))
  return loaded.config.settings
}
