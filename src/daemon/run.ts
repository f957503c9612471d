/** The program: one sentinel that owns its process, from the command line to the exit status. */
import {
  failureBanner, loadConfig, nodeConfigEnvironment, type LoadResult, type RunCommandLine,
} from '../config/index.ts'
import { createLogger } from '../logging/index.ts'
import { type ProgramStart, startInBackground, takeBackgroundMarker } from './background.ts'
import { createReloadable, type Daemon } from './daemon.ts'
import { loadExtensions } from './extensions-file.ts'
import { logOptions } from './log-options.ts'
import { rememberingEnvironment, Rereader, type ReadTexts } from './reread.ts'
import { handleSignals, type SignalProcess } from './signals.ts'
import { effectiveSupervision, isSupervised } from './supervision.ts'
import { validateUser } from './users.ts'
import { BUILD_FACTS } from './version.ts'

/** The parts of `process` that the program uses. Tests pass their own. */
export interface RunProcess extends ProgramStart, SignalProcess {
  umask(): number
  cwd(): string
  chdir(directory: string): void
  exit(status: number): never
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>
}

/** Runs a sentinel until it is stopped. Resolves with the exit status (protocol.md 7.3). */
export async function runDaemon(
  commandLine: RunCommandLine, process: RunProcess = globalThis.process,
): Promise<number> {
  const inBackground = takeBackgroundMarker(process.env)
  const umask = process.umask()
  const startDirectory = process.cwd()
  const texts: ReadTexts = { files: new Map(), standardInput: undefined }
  const environment = rememberingEnvironment(nodeConfigEnvironment(), texts)
  const loaded = loadConfig({ commandLine, environment, validateUser })
  if (!loaded.ok) return reportFailure(loaded, process)

  const { settings, configFile } = loaded.config
  const extended = await loadExtensions({ settingsPath: commandLine.settingsPath, startDirectory, configFile })
  if (!extended.ok) {
    process.stderr.write(extended.text)
    return 1
  }
  const supervision = effectiveSupervision(settings.supervised, process.env)
  if (settings.daemonize && !inBackground && !isSupervised(supervision, process.env)) {
    // The child reads the configuration again, so it must start where this process started.
    process.chdir(startDirectory)
    const { standardInput } = texts
    await startInBackground(standardInput === undefined ? undefined : Buffer.from(standardInput, 'latin1'), process)
    return 0
  }
  const daemon = createReloadable({
    config: loaded.config, log: loaded.log, extensions: extended.extensions, ownsProcess: true, umask, texts,
    environment: process.env,
    exit: (status) => { process.exit(status) },
  })
  const rereader = new Rereader({ commandLine, startDirectory, texts })
  return serve(daemon, process, () => daemon.reload(rereader))
}

async function serve(daemon: Daemon, process: RunProcess, reload: () => Promise<void>): Promise<number> {
  const { logger } = daemon
  const leave = (status: number): never => {
    logger.close()
    process.exit(status)
  }
  const stopHandling = handleSignals({
    process,
    logSignal: (text) => {
      logger.raw(`${process.pid}:signal-handler (${Math.floor(Date.now() / 1000)}) ${text}\n`)
    },
    shutDown: () => { void daemon.stop() },
    reload: () => { reload().catch(crash) },
    exit: leave,
  })
  const crash = (error: unknown) => {
    const reason = error instanceof Error ? error.stack ?? error.message : String(error)
    logger.log('warning', `Fatal internal error: ${reason}`)
    leave(1)
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
  const started = await daemon.start()
  if (!started.ok && !started.wasStopped) {
    logger.close()
    return 1
  }
  await daemon.stopped
  stopHandling()
  return 0
}

/** Prints banner errors on stderr. Other lines go to the log, as far as its destination is known. */
function reportFailure(loaded: Extract<LoadResult, { ok: false }>, { stderr }: RunProcess): number {
  const { settings, log, failure } = loaded
  const logger = createLogger(logOptions(settings))
  for (const { level, text } of log) logger.log(level, text)
  logger.close()
  stderr.write(failureBanner(failure, BUILD_FACTS.version))
  return 1
}
