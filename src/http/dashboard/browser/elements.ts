/** Creates elements of the page. Texts are never parsed as HTML. */
import { visibleLines } from '../../../text/index.ts'

export type Content = Node | string | undefined

/** Severity of a state. */
export type Kind = 'ok' | 'warn' | 'bad'

export type MarkKind = Kind | 'info'

const SVG = 'http://www.w3.org/2000/svg'

const SHAPES: Readonly<Record<MarkKind, string>> = {
  ok: 'M9 1a8 8 0 1 0 0 16A8 8 0 0 0 9 1Zm3.9 6.1-4.6 5a1 1 0 0 1-1.5 0L5 10.2l1.5-1.4 1 1.1 3.9-4.2 1.5 1.4Z',
  warn: 'M9 1.2a1.2 1.2 0 0 0-1 .6L.9 14.7A1.2 1.2 0 0 0 2 16.5h14a1.2 1.2 0 0 0 1.1-1.8L10 1.8a1.2 1.2 0 0 0-1-.6ZM8 6h2v5H8V6Zm0 6.2h2v2H8v-2Z',
  bad: 'M2.5 1h13A1.5 1.5 0 0 1 17 2.5v13a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 1 15.5v-13A1.5 1.5 0 0 1 2.5 1Zm3.9 3.9L4.9 6.4 7.5 9l-2.6 2.6 1.5 1.5L9 10.5l2.6 2.6 1.5-1.5L10.5 9l2.6-2.6-1.5-1.5L9 7.5 6.4 4.9Z',
  info: 'M9 2.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm0 1.6a4.9 4.9 0 1 1 0 9.8 4.9 4.9 0 0 1 0-9.8Z',
}

/** Ids of elements in page.ts. */
export type ElementId =
  'about' | 'alarmbox' | 'alarms' | 'ask' | 'detail' | 'events' | 'head' | 'history' | 'live' | 'livetext' | 'masters'
  | 'none' | 'notes' | 'overall' | 'page' | 'quiet' | 'topology' | 'wrong'

export type InputId = 'filter' | 'only' | 'token'

export function byId(id: ElementId): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`The page has no element #${id}.`)
  return element
}

export function inputById(id: InputId): HTMLInputElement {
  const element = document.getElementById(id) as HTMLInputElement | null
  if (element === null) throw new Error(`The page has no input #${id}.`)
  return element
}

/**
 * Creates an element. `name` is its tag with classes after dots, such as `div.node.bad`. Characters that would change
 * the display of the text around them are escaped, so that they are visible. Undefined contents are left out.
 */
export function el(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...contents: readonly (Content | readonly Content[])[]
): HTMLElement {
  const [tag = '', ...classes] = name.split('.')
  const node = document.createElement(tag)
  if (classes.length > 0) node.className = classes.join(' ')
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  node.append(...nodesOf(contents.flat()))
  return node
}

/** The contents without undefined ones. In texts, characters that would change the display are made visible. */
export function nodesOf(contents: readonly Content[]): (Node | string)[] {
  return contents.flatMap((content) => {
    if (content === undefined) return []
    return [typeof content === 'string' ? visibleLines(content) : content]
  })
}

/** The mark of a kind. Each kind has a shape besides its colour. Screen readers read the word next to it. */
export function mark(kind: MarkKind): Element {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 18 18')
  svg.setAttribute('class', `mark ${kind}`)
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', SHAPES[kind])
  path.setAttribute('fill', 'currentColor')
  path.setAttribute('fill-rule', 'evenodd')
  svg.append(path)
  return svg
}
