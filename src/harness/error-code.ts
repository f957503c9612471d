/** Whether an error of Node has this code. It need not be an `Error`: in jest those of the system are of another realm. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code
}
