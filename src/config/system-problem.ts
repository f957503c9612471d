import { systemErrorText } from '../text/index.ts'

/** The error text of the operating system for an attempt; undefined when it succeeds. */
export function systemProblem(attempt: () => void): string | undefined {
  try {
    attempt()
    return undefined
  } catch (error) {
    return systemErrorText(error)
  }
}
