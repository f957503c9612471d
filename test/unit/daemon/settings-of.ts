import { loadConfig, readCommandLine, type ConfigEnvironment, type Settings } from '../../../src/config/index.ts'
import { validateUser } from '../../../src/daemon/index.ts'

/** The settings of a file with this text, on a machine where every file exists and may be used. */
export function settingsOf(text: string): Settings {
  const environment: ConfigEnvironment = {
    workingDirectory: () => '/',
    changeDirectory: () => undefined,
    readFile: () => ({ ok: true, value: text }),
    readStandardInput: () => '',
    glob: () => [],
    identity: (path) => path,
    checkLogFile: () => undefined,
    checkWritable: () => undefined,
    isExecutable: () => true,
  }
  const commandLine = readCommandLine('ts-sentinel', ['/x.conf'])
  if (commandLine.action !== 'run') throw new Error('not a start')
  const loaded = loadConfig({ commandLine, environment, validateUser })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure))
  return loaded.config.settings
}
