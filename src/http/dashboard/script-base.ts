/** Script of the page, first part: elements, time, requests. It runs in the browser. */
import { UNSAFE_CHARACTERS } from '../../events/index.ts'

export const SCRIPT_BASE = String.raw`
const UNSAFE = /[${UNSAFE_CHARACTERS}]/gu

/** Characters that would change how the text around them is shown become visible. */
function visible(text) {
  return text.replace(UNSAFE, (character) => '\\u' + character.charCodeAt(0).toString(16).padStart(4, '0'))
}

const $ = (id) => document.getElementById(id)

/** An element with properties and children; texts are never read as HTML. */
function el(name, props, ...children) {
  const [tag, ...classes] = name.split('.')
  const node = document.createElement(tag)
  if (classes.length > 0) node.className = classes.join(' ')
  for (const [key, value] of Object.entries(props || {})) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value)
    else if (value !== undefined) node.setAttribute(key, value)
  }
  node.append(...children.flat().filter((child) => child !== undefined).map((child) => typeof child === 'string' ? visible(child) : child))
  return node
}

const SHAPES = {
  ok: 'M9 1a8 8 0 1 0 0 16A8 8 0 0 0 9 1Zm3.9 6.1-4.6 5a1 1 0 0 1-1.5 0L5 10.2l1.5-1.4 1 1.1 3.9-4.2 1.5 1.4Z',
  warn: 'M9 1.2a1.2 1.2 0 0 0-1 .6L.9 14.7A1.2 1.2 0 0 0 2 16.5h14a1.2 1.2 0 0 0 1.1-1.8L10 1.8a1.2 1.2 0 0 0-1-.6ZM8 6h2v5H8V6Zm0 6.2h2v2H8v-2Z',
  bad: 'M2.5 1h13A1.5 1.5 0 0 1 17 2.5v13a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 1 15.5v-13A1.5 1.5 0 0 1 2.5 1Zm3.9 3.9L4.9 6.4 7.5 9l-2.6 2.6 1.5 1.5L9 10.5l2.6 2.6 1.5-1.5L10.5 9l2.6-2.6-1.5-1.5L9 7.5 6.4 4.9Z',
  info: 'M9 2.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm0 1.6a4.9 4.9 0 1 1 0 9.8 4.9 4.9 0 0 1 0-9.8Z',
}

/** Each state has a shape of its own; the word beside it is what screen readers get. */
function mark(kind) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 18 18')
  svg.setAttribute('class', 'mark ' + kind)
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', SHAPES[kind])
  path.setAttribute('fill', 'currentColor')
  path.setAttribute('fill-rule', 'evenodd')
  svg.append(path)
  return svg
}

/** Draws a region anew when what it shows has changed; the focus and the place in a list stay. */
const drawn = new Map()
function draw(id, state, make) {
  const text = JSON.stringify(state)
  if (drawn.get(id) === text) return
  drawn.set(id, text)
  const region = $(id)
  const key = region.contains(document.activeElement) ? document.activeElement.getAttribute('data-key') : null
  region.replaceChildren(...[make()].flat().filter((child) => child !== undefined))
  if (key !== null) for (const one of region.querySelectorAll('[data-key]')) if (one.getAttribute('data-key') === key) one.focus()
}

function span(ms) {
  if (ms === null || ms === undefined) return '\u2013'
  if (ms < 1000) return Math.round(ms) + ' ms'
  if (ms < 60000) return (ms / 1000).toFixed(ms < 10000 ? 1 : 0) + ' s'
  if (ms < 3600000) return Math.floor(ms / 60000) + ' min'
  if (ms < 172800000) return Math.floor(ms / 3600000) + ' h'
  return Math.floor(ms / 86400000) + ' days'
}

function clock(iso) {
  const date = new Date(iso)
  const two = (value) => String(value).padStart(2, '0')
  return two(date.getHours()) + ':' + two(date.getMinutes()) + ':' + two(date.getSeconds())
}

function day(iso) {
  return new Date(iso).toLocaleDateString(undefined, { day: 'numeric', month: 'short' }) + ', ' + clock(iso)
}

function count(number, word) {
  return number + ' ' + word + (number === 1 ? '' : 's')
}

/** The token stays in this tab. */
function headers(more) {
  const token = sessionStorage.getItem('token')
  return Object.assign(token ? { Authorization: 'Bearer ' + token } : {}, more)
}

class Refused extends Error {}

/** The page was opened under a name that the sentinel does not accept; the message says what to do. */
class UnknownName extends Error {}

async function ask(path) {
  const reply = await fetch(path, { headers: headers(), cache: 'no-store', signal: AbortSignal.timeout(8000) })
  if (reply.status === 401) throw new Refused()
  if (reply.status === 404) return undefined
  if (reply.status === 421) throw new UnknownName((await reply.json()).error)
  if (!reply.ok) throw new Error(path + ': ' + reply.status)
  return reply.json()
}
`
