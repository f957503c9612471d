/** Why a node refuses commands of this sentinel, as far as an operator can correct it. */
import type { RefusalView } from '../../core/index.ts'

/** `password`: the login failed or is missing. `permission`: the ACL of the user lacks a command or a channel. */
export type RefusalCause = 'password' | 'permission'

/** Undefined when the node refuses nothing, or for another reason, such as LOADING. A failed login comes first. */
export function refusalCause(refusals: readonly RefusalView[]): RefusalCause | undefined {
  if (refusals.some(isLogin)) return 'password'
  return refusals.some(({ error }) => error.startsWith('NOPERM')) ? 'permission' : undefined
}

function isLogin({ purpose, error }: RefusalView): boolean {
  return purpose === 'auth' || /^(?:NOAUTH|WRONGPASS)/.test(error)
}
