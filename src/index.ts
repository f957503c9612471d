/**
 * ts-sentinel as a library: a sentinel inside a Node process of your own.
 *
 * ```ts
 * const daemon = createDaemon(loadConfig('sentinel.conf'))
 * const started = await daemon.start()
 * if (!started.ok) throw new Error(started.problem)
 * daemon.events.subscribe(({ channel, payload }) => { console.log(channel, payload) })
 * await daemon.stop()
 * ```
 */
import { failureBanner, loadConfig as load, nodeConfigEnvironment, readCommandLine } from './config/index.ts'
import type { LoadedConfig, LogLine } from './config/index.ts'
import { BUILD_FACTS, loadExtensions, validateUser, type Extensions } from './daemon/index.ts'

export type { LoadedConfig, LogLine, Settings } from './config/index.ts'
export type { MasterView, Now, PeerView, ReplicaView, SentinelView } from './core/index.ts'
export { createDaemon, PACKAGE_VERSION, type Daemon, type DaemonOptions, type Extensions, type Started } from './daemon/index.ts'
export type { EventSource, LogLevel, PublishedEvent } from './ports/index.ts'

/** The configuration cannot be used. The message is what the command line prints. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Reads a sentinel.conf, and options as on the command line, such as `['--port', '26380']`. As for the program itself,
 * a `dir` line changes the working directory of the process.
 *
 * @throws ConfigError naming line and reason
 */
export function loadConfig(
  configFile: string, options: readonly string[] = [],
): { readonly config: LoadedConfig, readonly log: readonly LogLine[] } {
  // A path that looks like an option is still a path here.
  const path = configFile.startsWith('-') ? `./${configFile}` : configFile
  const commandLine = readCommandLine('ts-sentinel', [path, ...options])
  if (commandLine.action !== 'run') throw new ConfigError(`${configFile} is not a config file`)
  if (commandLine.settingsPath !== undefined) {
    throw new ConfigError('--settings is an option of the program: pass the result of loadSettings to createDaemon as extensions')
  }
  const loaded = load({ commandLine, environment: nodeConfigEnvironment(), validateUser })
  if (loaded.ok) return { config: loaded.config, log: loaded.log }
  const { failure, log } = loaded
  const text = failure.kind === 'log' ? log.map((line) => line.text).join('\n') : failureBanner(failure, BUILD_FACTS.version)
  throw new ConfigError(text.trim())
}

/**
 * Reads a ts-sentinel.ini, for the option `extensions` of `createDaemon`: HTTP, webhooks and the JSON log.
 *
 * @throws ConfigError naming every mistake with its line
 */
export async function loadSettings(settingsFile: string): Promise<Extensions> {
  const loaded = await loadExtensions({ settingsPath: settingsFile, startDirectory: process.cwd(), configFile: '' })
  if (loaded.ok) return loaded.extensions
  throw new ConfigError(loaded.text.trim())
}
