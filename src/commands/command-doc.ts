/**
 * The documentation of a command in COMMAND DOCS (protocol.md 1.7). redis-cli builds its interactive help from it, so
 * the shapes are those of the original; the texts are our own.
 */
export interface CommandDoc {
  readonly summary: string
  readonly since: string
  readonly group: 'server' | 'connection' | 'pubsub' | 'sentinel'
  readonly complexity?: string
  /** The command to use instead; set for deprecated ones. */
  readonly deprecated?: { readonly since: string, readonly replacedBy: string }
  readonly history?: readonly (readonly [since: string, change: string])[]
  readonly arguments?: readonly ArgumentDoc[]
}

export interface ArgumentDoc {
  readonly name: string
  readonly type: 'string' | 'integer' | 'pattern' | 'pure-token' | 'oneof' | 'block'
  readonly token?: string
  readonly since?: string
  readonly flags?: readonly ('optional' | 'multiple' | 'multiple_token')[]
  readonly arguments?: readonly ArgumentDoc[]
}

type Details = Pick<ArgumentDoc, 'token' | 'since' | 'flags'>

export const OPTIONAL = Object.freeze({ flags: Object.freeze(['optional'] as const) })
export const MULTIPLE = Object.freeze({ flags: Object.freeze(['multiple'] as const) })
export const OPTIONAL_MULTIPLE = Object.freeze({ flags: Object.freeze(['optional', 'multiple'] as const) })

export function text(name: string, details: Details = {}): ArgumentDoc {
  return { name, type: 'string', ...details }
}

export function integer(name: string, details: Details = {}): ArgumentDoc {
  return { name, type: 'integer', ...details }
}

export function pattern(name: string, details: Details = {}): ArgumentDoc {
  return { name, type: 'pattern', ...details }
}

/** A literal word of the syntax; its name is the word in lower case. */
export function word(token: string, details: Omit<Details, 'token'> = {}): ArgumentDoc {
  return { name: token.toLowerCase(), type: 'pure-token', token, ...details }
}

export function oneOf(name: string, choices: readonly ArgumentDoc[], details: Details = {}): ArgumentDoc {
  return { name, type: 'oneof', arguments: choices, ...details }
}

export function block(name: string, parts: readonly ArgumentDoc[], details: Details = {}): ArgumentDoc {
  return { name, type: 'block', arguments: parts, ...details }
}
