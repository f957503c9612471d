/** Why a text cannot be loaded as a sentinel.conf, whatever the machine looks like. */
import { loadConfig } from '../../src/config/index.ts'
import { inertEnvironment } from '../../src/config/inert-environment.ts'
import { validateUser } from '../../src/daemon/users.ts'

/** The failure of the load as JSON; undefined when the text loads. Rules of users are checked too. */
export function configProblem(text: string): string | undefined {
  const environment = inertEnvironment({ directory: '/', text })
  const commandLine = {
    action: 'run', sentinelMode: true, configPath: '/sentinel.conf', readsStandardInput: false, optionText: '', settingsPath: undefined,
  } as const
  const loaded = loadConfig({ commandLine, environment, validateUser })
  return loaded.ok ? undefined : JSON.stringify(loaded.failure)
}
