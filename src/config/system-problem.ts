import { systemErrorText } from '../text/index.ts'

/** What the operating system says against an attempt; undefined when it works. */
export function systemProblem(attempt: () => void): string | undefined {
  try {
    attempt()
    return undefined
  } catch (error) {
    return systemErrorText(error)
  }
}
