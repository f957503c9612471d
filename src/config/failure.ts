/** Why a configuration cannot be used. Exit status 1 in every case. */
export type Failure =
  /** Reported on stderr in a banner (config.md 2.7). */
  | { readonly kind: 'config', readonly reason: string, readonly where?: FailureLine }
  /** Reported as a line of the log, at level warning (config.md 10). */
  | { readonly kind: 'log', readonly text: string }

export interface FailureLine {
  /** From 1, in the combined text; inside an include it starts again. */
  readonly number: number
  /** The line, trimmed and otherwise unchanged. */
  readonly text: string
  /** The path of the include that holds the line, as written; absent in the main text. */
  readonly include?: string
  /** The path of the state file, where it holds the line. */
  readonly stateFile?: string
}

export function configFailure(reason: string, where?: FailureLine): Failure {
  return { kind: 'config', reason, ...where === undefined ? {} : { where } }
}

/**
 * What goes to stderr, byte for byte as the original prints it; empty for a failure that is only logged.
 * `version` is the release that the banner names, such as `7.0.15`.
 */
export function failureBanner(failure: Failure, version: string): string {
  if (failure.kind === 'log') return ''
  const { reason, where } = failure
  const place = where === undefined
    ? [] : [`Reading the ${fileText(where)}, at line ${where.number}`, `>>> '${where.text}'`]
  return ['', `*** FATAL CONFIG FILE ERROR (Redis ${version}) ***`, ...place, reason, ''].join('\n')
}

/** The original does not name the file. It has no state file, so that one can be named. */
function fileText({ stateFile }: FailureLine): string {
  return stateFile === undefined ? 'configuration file' : `state config file '${stateFile}'`
}
