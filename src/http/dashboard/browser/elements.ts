/** Creates elements of the page. Texts are never parsed as HTML. */
import { visibleLines } from '../../../text/index.ts'

export type Content = Node | string | undefined

/** Severity of a state. */
export type Kind = 'ok' | 'warn' | 'bad'

/** `info` is for what is neither good nor bad, `none` for a state that is not known any more. */
export type MarkKind = Kind | 'info' | 'none'

const SVG = 'http://www.w3.org/2000/svg'

/** Paths in a square of 18. */
export const SHAPES: Readonly<Record<MarkKind | 'copy', string>> = {
  ok: 'M9 1a8 8 0 1 0 0 16A8 8 0 0 0 9 1Zm3.9 6.1-4.6 5a1 1 0 0 1-1.5 0L5 10.2l1.5-1.4 1 1.1 3.9-4.2 1.5 1.4Z',
  warn: 'M9 1.2a1.2 1.2 0 0 0-1 .6L.9 14.7A1.2 1.2 0 0 0 2 16.5h14a1.2 1.2 0 0 0 1.1-1.8L10 1.8a1.2 1.2 0 0 0-1-.6ZM8 6h2v5H8V6Zm0 6.2h2v2H8v-2Z',
  bad: 'M2.5 1h13A1.5 1.5 0 0 1 17 2.5v13a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 1 15.5v-13A1.5 1.5 0 0 1 2.5 1Zm3.9 3.9L4.9 6.4 7.5 9l-2.6 2.6 1.5 1.5L9 10.5l2.6 2.6 1.5-1.5L10.5 9l2.6-2.6-1.5-1.5L9 7.5 6.4 4.9Z',
  none: 'M9 1a8 8 0 1 0 0 16A8 8 0 0 0 9 1ZM5 8h8v2H5V8Z',
  copy: 'M6 1h9a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-1v-2h1V3H6v1H4V3a2 2 0 0 1 2-2ZM3 5h9a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Zm0 2v8h9V7H3Z',
  info: 'M9 2.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm0 1.6a4.9 4.9 0 1 1 0 9.8 4.9 4.9 0 0 1 0-9.8Z',
}

/** Ids of elements in page.ts. */
export type ElementId =
  'about' | 'alarmbox' | 'alarms' | 'ask' | 'causes' | 'counts' | 'detail' | 'dialog' | 'events' | 'fleet' | 'fleetpage'
  | 'head' | 'history' | 'icon' | 'live' | 'livetext' | 'main' | 'membership' | 'missing' | 'none' | 'notes' | 'overall' | 'page'
  | 'places' | 'quiet' | 'sentinelspage' | 'skip' | 'stale' | 'staletext' | 'stalelinks' | 'toast' | 'topology' | 'wrong'

export type InputId = 'find' | 'only' | 'severe' | 'token'

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

/** The dialog of page.ts. */
export function dialogElement(): HTMLDialogElement {
  return byId('dialog') as HTMLDialogElement
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
  return shape(kind, `mark ${kind}`)
}

/** A shape of one path, in the colour of the text around it. */
export function shape(name: keyof typeof SHAPES, classes: string): Element {
  return svg(
    'svg', { 'viewBox': '0 0 18 18', 'class': classes, 'aria-hidden': 'true' },
    svg('path', { 'd': SHAPES[name], 'fill': 'currentColor', 'fill-rule': 'evenodd' }),
  )
}

/** Creates an element of a drawing. */
export function svg(
  name: string, attributes: Readonly<Record<string, string>>, ...contents: readonly Element[]
): Element {
  const node = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  node.append(...contents)
  return node
}
