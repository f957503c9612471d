/** What the dashboard needs of the elements of a browser. */

type Child = FakeElement | string

interface FakeEvent {
  readonly preventDefault: () => void
}

/** An element. Text becomes escaped HTML; what is set as HTML stays as it is, so that a test would see it. */
export class FakeElement {
  hidden = false
  checked = false
  value = ''
  disabled = false
  /** Of a dialog. */
  isOpen = false
  readonly style = {}
  readonly dataset = {}
  readonly classList = { add: () => undefined }
  readonly lastElementChild = { remove: (): void => { this.#children.pop() } }
  readonly #tag: string
  readonly #attributes = new Map<string, string>()
  readonly #listeners = new Map<string, (event: FakeEvent) => void>()
  #children: Child[] = []
  #html = ''

  constructor(tag: string) {
    this.#tag = tag
  }

  set className(value: string) { this.setAttribute('class', value) }
  set textContent(text: string) { this.replaceChildren(text) }
  set innerHTML(html: string) { this.#html = html }
  set outerHTML(html: string) { this.#html = html }
  insertAdjacentHTML(_where: string, html: string): void { this.#html += html }

  get childElementCount(): number {
    return this.#children.length
  }

  setAttribute(name: string, value: string): void { this.#attributes.set(name, value) }
  getAttribute(name: string): string | null { return this.#attributes.get(name) ?? null }
  append(...children: Child[]): void { this.#children.push(...children) }
  prepend(...children: Child[]): void { this.#children.unshift(...children) }
  replaceChildren(...children: Child[]): void { this.#children = children }
  contains(): boolean { return false }
  querySelector(): FakeElement | null { return null }
  querySelectorAll(): readonly FakeElement[] { return [] }
  addEventListener(event: string, listener: (event: FakeEvent) => void): void { this.#listeners.set(event, listener) }
  /** Runs what listens for this event. */
  dispatch(event: string): void { this.#listeners.get(event)?.({ preventDefault: () => undefined }) }
  focus(): void { /* There is no focus. */ }
  showModal(): void { this.isOpen = true }
  close(): void { this.isOpen = false }

  /** All text in it, parts without blanks between them. */
  get textContent(): string {
    return this.#children.map((child) => typeof child === 'string' ? child : child.textContent).join('')
  }

  /** The first element below it with this tag. */
  find(tag: string): FakeElement | undefined {
    return this.findAll(tag)[0]
  }

  /** All elements below it with this tag. */
  findAll(tag: string): FakeElement[] {
    return this.#children.flatMap((child) => {
      if (typeof child === 'string') return []
      return [...child.#tag === tag ? [child] : [], ...child.findAll(tag)]
    })
  }

  toHtml(): string {
    const attributes = [...this.#attributes].map(([name, value]) => ` ${name}="${escaped(value)}"`).join('')
    const children = this.#children.map((child) => typeof child === 'string' ? escaped(child) : child.toHtml()).join('')
    return `<${this.#tag}${attributes}>${this.#html}${children}</${this.#tag}>`
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
