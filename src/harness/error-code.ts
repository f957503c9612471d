/** Whether an error of Node has this code. In jest errors of the system are of another realm and no `Error`. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code
}
