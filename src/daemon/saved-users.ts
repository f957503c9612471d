import type { AccessList } from '../acl/index.ts'
import { userLine, type UserLine } from '../config/index.ts'
import { sha256 } from './sha256.ts'

/**
 * The `user` lines of the configuration file. A user that is as it was when the file was read keeps the rules that the
 * file has, because the release that wrote them may know no others (6.0 knows no channels, 6.2 no selectors); passwords
 * become hashes. A default user that no line defines, and that is as `requirepass` makes it, gets no line: releases
 * before 6.0 have no users. Any other user is written in full.
 */
export class SavedUsers {
  readonly #access: AccessList
  /** By name: what the file makes of the user, and the rules that it has there, if any. */
  readonly #loaded: ReadonlyMap<string, { readonly identity: string, readonly rules: readonly string[] | undefined }>

  /** `access` holds what `written` made. */
  constructor(access: AccessList, written: readonly UserLine[]) {
    const rules = new Map(written.map((line) => [line.name, line.rules]))
    this.#access = access
    this.#loaded = new Map(access.lines({ showsDefaults: false }).map((line) => [
      line.name, { identity: identityOf(line), rules: rules.get(line.name)?.map(withoutClearText) },
    ]))
  }

  /** Complete lines, quoted where they must be. The original never quotes, and cannot read some of its lines. */
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
