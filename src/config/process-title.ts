/** Expands the template of the process title (config.md 1.9). */

export interface TitleVariables {
  readonly 'title': string
  readonly 'listen-addr': string
  readonly 'server-mode': string
  readonly 'port': string
  readonly 'tls-port': string
  readonly 'unixsocket': string
  readonly 'config-file': string
}

/** The title, or undefined when the template names an unknown variable, is unbalanced or expands to nothing. */
export function expandTitle(template: string, variables: TitleVariables): string | undefined {
  const values: ReadonlyMap<string, string> = new Map(Object.entries(variables))
  let title = ''
  let at = 0
  while (at < template.length) {
    if (template.charAt(at) !== '{' || template.charAt(at + 1) === '{') {
      title += template.charAt(at)
      // `{{` is a literal brace.
      at += template.charAt(at) === '{' ? 2 : 1
      continue
    }
    const end = template.indexOf('}', at)
    const value = end < 0 ? undefined : values.get(template.slice(at + 1, end))
    if (value === undefined) return undefined
    title += value
    at = end + 1
  }
  const trimmed = title.replace(/^ +| +$/g, '')
  return trimmed === '' ? undefined : trimmed
}
