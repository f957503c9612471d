import type { AccessList } from '../acl/index.ts'
import { userLine, type UserLine } from '../config/index.ts'
import { sha256 } from './sha256.ts'

/**
 * The `user` lines for the configuration file. A user that has not changed since the file was read keeps its rules as
 * the file has them, with passwords hashed: the release that wrote them may not support newer rules (6.0 has no
 * channels, 6.2 no selectors). A default user that no line defines gets no line while it is as `requirepass` makes it,
 * because releases before 6.0 have no users. All other users are written in full.
 */
export class SavedUsers {
  readonly #access: AccessList
  /**
   * The users that the file defines, by name: their effective rules as one text, and their rules as written, if any.
   */
  readonly #loaded: Map<string, { readonly identity: string, readonly rules: readonly string[] | undefined }>

  /** `access` has the users that the lines `written` define. */
  constructor(access: AccessList, written: readonly UserLine[]) {
    const rules = new Map(written.map((line) => [line.name, line.rules]))
    this.#access = access
    this.#loaded = new Map(access.lines({ showsDefaults: false }).map((line) => [
      line.name, { identity: identityOf(line), rules: rules.get(line.name)?.map(withoutClearText) },
    ]))
  }

  /** Whether the user is as the file, or `requirepass`, makes it. */
  isUnchanged(name: string): boolean {
    const line = this.#access.lines({ showsDefaults: false }).find((one) => one.name === name)
    return line !== undefined && this.#loaded.get(name)?.identity === identityOf(line)
  }

  /** The user as it is now counts as what the file, or `requirepass`, makes of it. */
  acceptChange(name: string): void {
    const line = this.#access.lines({ showsDefaults: false }).find((one) => one.name === name)
    const loaded = this.#loaded.get(name)
    if (line !== undefined) this.#loaded.set(name, { identity: identityOf(line), rules: loaded?.rules })
  }

  /** Complete lines, with quotes where needed. The original never quotes, so it cannot read some of its own lines. */
  lines(): readonly string[] {
    return this.#access.lines({ showsDefaults: false }).flatMap((line) => {
      const loaded = this.#loaded.get(line.name)
      if (loaded === undefined || loaded.identity !== identityOf(line)) return [userLine(line.name, line.rules)]
      return loaded.rules === undefined ? [] : [userLine(line.name, loaded.rules)]
    })
  }
}

function identityOf({ rules }: UserLine): string {
  return rules.join(' ')
}

function withoutClearText(rule: string): string {
  if (rule.startsWith('>')) return `#${sha256(rule.slice(1))}`
  return rule.startsWith('<') ? `!${sha256(rule.slice(1))}` : rule
}
