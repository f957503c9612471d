/** Checks the password that clients give. */
import { createHash, timingSafeEqual } from 'node:crypto'

import { toWire } from '../../resp/index.ts'
import type { LoginCheck } from '../requests/local-commands.ts'

export class ClientLogin implements LoginCheck {
  readonly needsLogin: boolean
  readonly #hash: Buffer | undefined

  /** `password` in text; undefined or empty: clients need none. */
  constructor(password: string | undefined) {
    this.needsLogin = password !== undefined && password !== ''
    this.#hash = this.needsLogin ? hash(Buffer.from(toWire(password ?? ''), 'latin1')) : undefined
  }

  /** `user` undefined: the default one, which is the only one. The words are bytes, one character each. */
  isLogin(user: string | undefined, password: string): boolean {
    if (user !== undefined && user !== 'default') return false
    // Hashes have equal lengths, so the comparison takes the same time for every password.
    return this.#hash === undefined || timingSafeEqual(hash(Buffer.from(password, 'latin1')), this.#hash)
  }
}

function hash(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
