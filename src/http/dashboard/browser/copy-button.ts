/** A button that copies a text, and the addresses and ids that have one. */
import { byId, el, shape, type Content } from './elements.ts'

/** Number of characters shown of a sentinel's id, enough to distinguish it from the others. */
const ID_SHOWN = 8

/** How long the page reports that something was copied, in milliseconds. */
const REPORTED_MS = 2_000

/** `what` names the text for screen readers. `label` is shown; without it the button is an icon. */
export function copyButton(text: string, what: string, label?: string): HTMLElement {
  const attributes = { 'type': 'button', 'aria-label': `Copy ${what}`, 'title': `Copy ${what}`, 'data-key': `copy ${text}` }
  const button = el(label === undefined ? 'button.copy' : 'button.copy.labelled', attributes, shape('copy', 'copy-icon'), label)
  button.addEventListener('click', () => { void copy(text) })
  return button
}

/** An address, and the button that copies it. */
export function addressView(address: string): Content[] {
  return [el('span.addr', {}, address), copyButton(address, `the address ${address}`)]
}

/** The id of a sentinel: its beginning, and all of it to copy. */
export function idView(id: string): HTMLElement {
  return el('span', {}, `id ${id.slice(0, ID_SHOWN)} `, copyButton(id, `the id ${id}`))
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    report(`Copied: ${text}`)
  } catch {
    // Browsers offer the clipboard only to pages from HTTPS or localhost. The older way works on every page.
    report(copyBySelection(text) ? `Copied: ${text}` : 'The browser refused to copy. Select the text and copy it.')
  }
}

function copyBySelection(text: string): boolean {
  const focused = document.activeElement
  const box = document.createElement('textarea')
  box.value = text
  box.className = 'offscreen'
  document.body.append(box)
  box.select()

  const isCopied = document.execCommand('copy')
  box.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return isCopied
}

function report(text: string): void {
  const toast = byId('toast')
  const shown = el('span', {}, text)
  toast.replaceChildren(shown)
  toast.hidden = false
  setTimeout(() => { if (toast.contains(shown)) toast.hidden = true }, REPORTED_MS)
}
