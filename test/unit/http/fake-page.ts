/** The dashboard without a browser: its script runs over elements that do what it needs and show their HTML. */
import { runInNewContext } from 'node:vm'

import { FakeElement } from './fake-element.ts'

export interface OpenPage {
  /** What it shows now, as HTML. */
  html(): string
  readonly title: string
  close(): void
}

/** A document in which every id has an element, and the elements that were asked for so far. */
export function fakeDocument() {
  const elements = new Map<string, FakeElement>()
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
    getSelection: () => null,
    body: new FakeElement('body'),
  }
  return { document, elements }
}

/** Runs the script of `page`, which asks the server at `base`. */
export function openPage(page: string, base: string): OpenPage {
  const script = /<script>([^]*)<\/script>/.exec(page)?.[1]
  if (script === undefined) throw new Error('The page has no script.')
  const { document, elements } = fakeDocument()
  const closing = new AbortController()
  runInNewContext(script, {
    document, TextDecoderStream, AbortSignal, performance, URL, URLSearchParams, Intl,
    location: { hash: '', host: '' },
    scrollTo: () => undefined,
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
