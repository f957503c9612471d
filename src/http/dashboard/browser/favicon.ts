/** The icon and the title of the page, which show the worst state in a list of tabs. */
import { byId, SHAPES, type MarkKind } from './elements.ts'

const COLOURS: Readonly<Record<MarkKind, string>> = {
  ok: '#16704a', warn: '#b87400', bad: '#b3261e', info: '#1f55c4', none: '#7a8490',
}

/** Shows the state as icon, and in front of the name in the title. */
export function showInTab(kind: MarkKind, state: string | undefined, name: string | undefined): void {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 18"><path fill="${COLOURS[kind]}" fill-rule="evenodd" d="${SHAPES[kind]}"/></svg>`
  const href = `data:image/svg+xml,${encodeURIComponent(drawing)}`
  const icon = byId('icon')
  if (icon.getAttribute('href') !== href) icon.setAttribute('href', href)
  const title = `${state === undefined ? '' : `(${state}) `}${name === undefined ? '' : `${name} \u2013 `}ts-sentinel`
  if (document.title !== title) document.title = title
}
