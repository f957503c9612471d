/** The dashboard without a browser: its script runs over elements that do what it needs, and show their HTML. */
import { runInNewContext } from 'node:vm'

type Child = FakeElement | string

/** An element. Text becomes escaped HTML; what is set as HTML stays as it is, so that a test would see it. */
class FakeElement {
  hidden = false
  checked = false
  value = ''
  readonly style = {}
  readonly dataset = {}
  readonly classList = { add: () => undefined }
  readonly #tag: string
  readonly #attributes = new Map<string, string>()
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
  querySelectorAll(): readonly FakeElement[] { return [] }
  addEventListener(): void { /* A test does not click. */ }
  focus(): void { /* There is no focus. */ }

  toHtml(): string {
    const attributes = [...this.#attributes].map(([name, value]) => ` ${name}="${escaped(value)}"`).join('')
    const children = this.#children.map((child) => typeof child === 'string' ? escaped(child) : child.toHtml()).join('')
    return `<${this.#tag}${attributes}>${this.#html}${children}</${this.#tag}>`
  }
}

export interface OpenPage {
  /** What it shows now, as HTML. */
  html(): string
  readonly title: string
  close(): void
}

/** Runs the script of `page`, which asks the server at `base`. */
export function openPage(page: string, base: string): OpenPage {
  const script = /<script>([^]*)<\/script>/.exec(page)?.[1]
  if (script === undefined) throw new Error('The page has no script.')
  const elements = new Map<string, FakeElement>()
  const closing = new AbortController()
  const document = {
    title: '',
    hidden: false,
    activeElement: null,
    createElement: (tag: string) => new FakeElement(tag),
    createElementNS: (_space: string, tag: string) => new FakeElement(tag),
    getElementById: (id: string) => {
      const element = elements.get(id) ?? new FakeElement('div')
      elements.set(id, element)
      return element
    },
    addEventListener: () => undefined,
  }
  runInNewContext(script, {
    document, TextDecoderStream, AbortSignal,
    location: { hash: '' },
    history: { replaceState: () => undefined },
    sessionStorage: { getItem: () => null, setItem: () => undefined },
    addEventListener: () => undefined,
    setInterval: () => undefined,
    setTimeout: (work: () => void, ms: number) => setTimeout(() => { if (!closing.signal.aborted) work() }, ms).unref(),
    fetch: (path: string, options: RequestInit) => fetch(new URL(path, base), { ...options, signal: closing.signal }),
  })
  return {
    html: () => [...elements.values()].map((element) => element.toHtml()).join('\n'),
    get title() { return document.title },
    close: () => { closing.abort() },
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
