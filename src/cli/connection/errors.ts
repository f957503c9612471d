/** The arguments are invalid. The message says what is wrong. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}

/** An answer of the sentinel that the tool cannot use. */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure'
}
