/** Who watches over this process, and how it is told (config.md 1.7). */
import type { Logger } from '../ports/index.ts'
import { createSystemdNotifier } from './sd-notify.ts'

export type Supervision = 'no' | 'systemd' | 'upstart'

/** What `supervised auto` means here. */
export function effectiveSupervision(
  configured: Supervision | 'auto', environment: Readonly<Record<string, string | undefined>>,
): Supervision {
  if (configured !== 'auto') return configured
  if (environment['UPSTART_JOB']) return 'upstart'
  return environment['NOTIFY_SOCKET'] ? 'systemd' : 'no'
}

/** Whether the supervisor can be talked to. If not, the process starts unsupervised and `daemonize` works. */
export function isSupervised(
  supervision: Supervision, environment: Readonly<Record<string, string | undefined>>,
): boolean {
  switch (supervision) {
    case 'no':
      return false
    case 'systemd':
      return Boolean(environment['NOTIFY_SOCKET'])
    case 'upstart':
      return Boolean(environment['UPSTART_JOB'])
  }
}

export interface SupervisorOptions {
  readonly supervision: Supervision
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
  /** Stops this process until somebody lets it go on (SIGSTOP to itself). */
  readonly halt: () => void
}

/** Tells the supervisor. Upstart knows one sign only: that the process has stopped itself, at the first message. */
export type Notify = (...variables: readonly string[]) => Promise<void>

export function createNotify({ supervision, environment, logger, halt }: SupervisorOptions): Notify {
  switch (supervision) {
    case 'no':
      return () => Promise.resolve()
    case 'systemd': {
      const notifier = createSystemdNotifier({ environment, logger })
      return (...variables) => notifier.send(...variables)
    }
    case 'upstart': {
      let waits = true
      return () => {
        if (waits) signalUpstart({ environment, logger, halt })
        waits = false
        return Promise.resolve()
      }
    }
  }
}

function signalUpstart({ environment, logger, halt }: Omit<SupervisorOptions, 'supervision'>): void {
  if (!environment['UPSTART_JOB']) {
    logger.log('warning', 'upstart supervision requested, but UPSTART_JOB not found!')
    return
  }
  logger.log('notice', 'supervised by upstart, will stop to signal readiness.')
  halt()
}
