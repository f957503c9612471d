/** Takes the first whole command off the text, if there is one. Quick: the modelled nodes must not be the limit. */
export function takeCommand(text: string): { readonly command: string[], readonly rest: string } | undefined {
  if (text.charCodeAt(0) !== 42 /* * */) return undefined
  let at = text.indexOf('\r\n')
  if (at === -1) return undefined
  const command: string[] = []
  const count = Number(text.slice(1, at))
  at += 2
  for (let left = count; left > 0; left -= 1) {
    const end = text.indexOf('\r\n', at)
    if (end === -1) return undefined
    const length = Number(text.slice(at + 1, end))
    const to = end + 2 + length
    if (text.length < to + 2) return undefined
    command.push(text.slice(end + 2, to))
    at = to + 2
  }
  return { command, rest: text.slice(at) }
}
