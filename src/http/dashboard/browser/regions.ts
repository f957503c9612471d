/** Parts of the page that are redrawn when their state has changed. */
import { byId, nodesOf, type Content, type ElementId } from './elements.ts'

export class Regions {
  readonly #drawn = new Map<ElementId, string>()

  /**
   * Replaces the contents of an element if `state`, which determines them, differs from that of the last call. The
   * focus stays on the element with the same data-key.
   */
  draw(id: ElementId, state: unknown, make: () => Content | readonly Content[]): void {
    const text = JSON.stringify(state)
    if (this.#drawn.get(id) === text) return
    this.#drawn.set(id, text)
    const region = byId(id)
    const key = focusedKey(region)
    region.replaceChildren(...nodesOf([make()].flat()))
    if (key === null) return
    for (const element of region.querySelectorAll<HTMLElement>('[data-key]')) {
      if (element.getAttribute('data-key') === key) element.focus()
    }
  }
}

function focusedKey(region: HTMLElement): string | null {
  const focused = document.activeElement
  return focused !== null && region.contains(focused) ? focused.getAttribute('data-key') : null
}
