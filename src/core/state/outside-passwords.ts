/**
 * Passwords that come from elsewhere than sentinel.conf. They are used in the place of its own, and never saved, shown
 * or changed by an operator's command.
 */
import type { MasterSettings } from './settings.ts'

export interface OutsidePasswords {
  /** In the place of sentinel-pass. */
  readonly sentinelPass: string | undefined
  /** In the place of auth-pass, for every master that `authPassOf` does not name. */
  readonly authPass: string | undefined
  /** By the name of the master. */
  readonly authPassOf: ReadonlyMap<string, string>
}

export const NO_OUTSIDE_PASSWORDS: OutsidePasswords = Object.freeze({
  sentinelPass: undefined, authPass: undefined, authPassOf: new Map(),
})

interface Holder {
  readonly outsidePasswords: OutsidePasswords
}

/** The password for peers. */
export function sentinelPassOf(
  { outsidePasswords, globals }: Holder & { readonly globals: { readonly sentinelPass: string | undefined } },
): string | undefined {
  return outsidePasswords.sentinelPass ?? globals.sentinelPass
}

/** The password that is not in sentinel.conf, for the data nodes of this master. */
export function outsideAuthPass({ authPass, authPassOf }: OutsidePasswords, master: string): string | undefined {
  return authPassOf.get(master) ?? authPass
}

/** The password for the data nodes of this master. */
export function authPassFor(
  { outsidePasswords }: Holder, master: string, { authPass }: Readonly<Pick<MasterSettings, 'authPass'>>,
): string | undefined {
  return outsideAuthPass(outsidePasswords, master) ?? authPass
}

/** The words after AUTH toward other sentinels; undefined where none is needed (behaviour.md 3.3). */
export function peerLogin(state: Holder & {
  readonly globals: { readonly sentinelUser: string | undefined, readonly sentinelPass: string | undefined }
  readonly requirepass: string | undefined
}): readonly string[] | undefined {
  const { requirepass, globals: { sentinelUser } } = state
  const password = sentinelPassOf(state)
  if (password !== undefined) return sentinelUser === undefined ? [password] : [sentinelUser, password]
  return requirepass === undefined ? undefined : [requirepass]
}
