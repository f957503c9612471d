/** Parts of the page that are redrawn when their state has changed. */
import { byId, nodesOf, type Content, type ElementId } from './elements.ts'

export class Regions {
  readonly #drawn = new Map<ElementId, string>()

  /**
   * Replaces the contents of an element if `state`, which determines them, differs from that of the last call. The
   * focus stays on the element with the same data-key. While the user presses a button in it or selects its text, the
   * element stays as it is; the next call draws it.
   */
  draw(id: ElementId, state: unknown, make: () => Content | readonly Content[]): void {
    const text = JSON.stringify(state)
    if (this.#drawn.get(id) === text) return
    const region = byId(id)
    if (isInUse(region)) return
    this.#drawn.set(id, text)
    const focused = focusedKey(region)
    region.replaceChildren(...nodesOf([make()].flat()))
    if (focused === undefined) return
    const same = keyed(region).filter((element) => element.getAttribute('data-key') === focused.key)
    ;(same[focused.at] ?? same[0])?.focus()
  }
}

function isInUse(region: HTMLElement): boolean {
  if (region.querySelector('button:active, a:active') !== null) return true
  const selection = document.getSelection()
  return selection !== null && !selection.isCollapsed && region.contains(selection.anchorNode)
}

/** The key of the focused element, and its number among those with this key. */
function focusedKey(region: HTMLElement): { readonly key: string, readonly at: number } | undefined {
  const focused = document.activeElement
  const key = focused?.getAttribute('data-key')
  if (focused === null || key === null || key === undefined || !region.contains(focused)) return undefined
  const same = keyed(region).filter((element) => element.getAttribute('data-key') === key)
  return { key, at: same.findIndex((element) => element === focused) }
}

function keyed(region: HTMLElement): HTMLElement[] {
  return [...region.querySelectorAll<HTMLElement>('[data-key]')]
}
