/** `ts-sentinel harness run`: a deployment for as long as a command runs. */
import {
  applicationEnvironment, ApplicationProcess, CommandNotStartedError, ControlService, exitStatus, failureReport,
  HttpControl, messageOf, startDeployment, watchAncestors, type Deployment,
} from '../../harness/index.ts'
import { PACKAGE_VERSION } from '../../daemon/index.ts'
import type { HarnessWorld } from './harness-world.ts'
import { inOptions, type RunOptions } from './options.ts'
import { isEnding } from './signals.ts'

/** The name of the deployment in the control interface. */
const NAME = 'run'

/** Exit status when the harness itself fails, which `env` and `timeout` use as well. */
export const HARNESS_FAILED = 125

/** Runs the command. Resolves with its exit status, as that of a shell, when everything has been removed. */
export async function runTool(options: RunOptions, world: HarnessWorld): Promise<number> {
  const stopWatching = watchAncestors(options.outliveParent ? 'none' : 'ancestors')
  const signals = new Signals(world)
  try {
    const deployment = await startDeployment(options.deployment)
    const service = new ControlService()
    service.add(NAME, deployment)
    try {
      if (signals.endedBy !== undefined) return exitStatus({ code: null, signal: signals.endedBy })
      return await runCommand(options, { deployment, service, signals, world })
    } finally {
      await service.close()
    }
  } catch (error) {
    world.printError(`ts-sentinel harness: ${inOptions(messageOf(error))}\n`)
    return error instanceof CommandNotStartedError ? error.status : HARNESS_FAILED
  } finally {
    signals.close()
    stopWatching()
  }
}

interface Run {
  readonly deployment: Deployment
  readonly service: ControlService
  readonly signals: Signals
  readonly world: HarnessWorld
}

async function runCommand(options: RunOptions, { deployment, service, signals, world }: Run): Promise<number> {
  const http = await HttpControl.listen(service, PACKAGE_VERSION, options.port)
  try {
    const [file, ...args] = options.command
    const control = { url: `${http.url}/deployments/${NAME}`, token: http.token }
    const application = await ApplicationProcess.start({
      file, args, environment: applicationEnvironment(deployment, control), streams: 'inherit',
    })
    signals.passTo(application)
    const { position: after } = deployment.timeline
    try {
      const status = exitStatus(await application.ended)
      if (status !== 0 && !options.quiet) {
        const failed = service.failures.map((line) => `  ${line}\n`).join('')
        world.printError(`ts-sentinel harness: the command ended with status ${status}.\n`
          + (failed === '' ? '' : `Requests that failed:\n${failed}`)
          + `\n${failureReport(deployment, { after })}\n`)
      }
      return status
    } finally {
      await application.sweep()
    }
  } finally {
    await http.close()
  }
}

/** The signals of this process: kept until there is a command, and then passed on to it. */
class Signals {
  readonly #stop: () => void
  #application: ApplicationProcess | undefined
  /** The signal that asked for the end before there was a command. */
  endedBy: NodeJS.Signals | undefined

  constructor(world: HarnessWorld) {
    this.#stop = world.signals.listen((signal) => {
      if (this.#application !== undefined) this.#application.passOn(signal)
      else if (isEnding(signal)) {
        // A second one does not wait for the start; what was started is cleaned up all the same.
        if (this.endedBy !== undefined) world.exit(exitStatus({ code: null, signal }))
        this.endedBy = signal
      }
    })
  }

  passTo(application: ApplicationProcess): void {
    this.#application = application
    if (this.endedBy !== undefined) application.passOn(this.endedBy)
  }

  close(): void {
    this.#stop()
  }
}
