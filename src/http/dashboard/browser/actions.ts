/**
 * Buttons that change something. Each asks for a confirmation, and for the token of actions where this tab has none
 * that is accepted, sends the order, and shows what was answered.
 */
import type { ActionName, MasterDetailsJson, PeerJson, ReplicaJson } from '../../json.ts'
import { hasTokenForActions, order, TokenRefused } from './client.ts'
import { dialogElement, el, type Content } from './elements.ts'

interface Field {
  readonly name: string
  readonly label: string
  /** Values to choose from with their words; a line of text where there are none. */
  readonly choices?: readonly (readonly [value: string, word: string])[]
}

interface Action {
  readonly name: ActionName
  readonly label: string
  /** What will happen. */
  readonly effect: string
  readonly fields?: readonly Field[]
  /** The body of the request. `values` are those of the fields. */
  readonly body: (values: Values) => object
}

type Values = Readonly<Record<string, string>>

const MINUTE_MS = 60_000

const DURATIONS = [[10, '10 minutes'], [60, '1 hour'], [240, '4 hours']] as const

/** The buttons of a master. `done` is called after an order was carried out. */
export function masterActions(master: MasterDetailsJson, done: () => void): HTMLElement[] {
  const { name, address, paused, replicaList } = master
  const actions: Action[] = [
    {
      name: 'switchover', label: 'Switch over',
      effect: `Makes a replica of ${name} the master while the master is up. Writes are paused until the replica has all data: none are lost.`,
      fields: [{
        name: 'to', label: 'New master',
        choices: [['', 'the best replica'], ...replicaList.map((replica) => [replica.address, replica.address] as const)],
      }],
      body: ({ to }) => to === '' ? {} : { to },
    },
    {
      name: 'failover', label: 'Fail over',
      effect: `Replaces ${address} without waiting for its replicas. Writes that no replica has yet are lost.`, body: () => ({}),
    },
    paused === null
      ? {
          name: 'pause', label: 'Pause failovers',
          effect: `This sentinel starts no failover of ${name} until the pause ends, even if the master dies. Pause enough sentinels to prevent failovers.`,
          fields: [
            { name: 'minutes', label: 'For', choices: DURATIONS.map(([minutes, word]) => [String(minutes), word] as const) },
            { name: 'reason', label: 'Reason' },
          ],
          body: ({ minutes, reason = '' }) => ({ durationMs: Number(minutes) * MINUTE_MS, ...reason === '' ? {} : { reason } }),
        }
      : { name: 'resume', label: 'Resume failovers', effect: `This sentinel fails ${name} over again when it is down.`, body: () => ({}) },
  ]
  return actions.map((action) => actionButton(name, action, done))
}

/** A button that makes the sentinels forget a node. */
export function forgetButton(master: string, node: ReplicaJson | PeerJson, done: () => void): HTMLElement {
  const kind = 'isSelf' in node ? 'sentinel' : 'replica'
  return actionButton(master, {
    name: 'forget', label: 'Forget',
    effect: `The ${kind} ${node.address} is removed from ${master} and stays away until it reports again.`,
    body: () => ({ kind, which: kind === 'sentinel' ? node.name : node.address }),
  }, done)
}

function actionButton(master: string, action: Action, done: () => void): HTMLElement {
  const button = el('button.action', { 'type': 'button', 'data-key': `action ${action.name}` }, `${action.label}\u2026`)
  button.addEventListener('click', () => { confirm(master, action, done) })
  return button
}

function confirm(master: string, action: Action, done: () => void): void {
  const dialog = dialogElement()
  const fields = (action.fields ?? []).map((field) => ({ field, control: controlOf(field) }))
  const token = el('input.filter', { id: 'field-token', type: 'password', autocomplete: 'off' }) as HTMLInputElement
  const tokenField = el('p', {}, el('label', { for: token.id }, 'Token for actions'), token)
  tokenField.hidden = hasTokenForActions()
  const result = el('p', { role: 'status' })
  const yes = el('button.action.strong', { type: 'button' }, action.label) as HTMLButtonElement
  const cancel = el('button.action', { type: 'button' }, 'Cancel')
  cancel.addEventListener('click', () => { dialog.close() })
  yes.addEventListener('click', () => {
    yes.disabled = true
    const values = Object.fromEntries(fields.map(({ field, control }) => [field.name, control.value.trim()]))
    const typed = tokenField.hidden ? undefined : token.value.trim()
    void perform(master, action, values, typed).then((text) => {
      result.textContent = text ?? refusedText(typed)
      if (text === undefined) {
        tokenField.hidden = false
        yes.disabled = false
        token.focus()
        return
      }
      cancel.textContent = 'Close'
      cancel.focus()
      done()
    })
  })
  dialog.replaceChildren(
    el('h2', { id: 'dialoghead' }, `${action.label}: ${master}`), el('p', {}, action.effect),
    ...fields.map(({ field, control }) => el('p', {}, el('label', { for: control.id }, field.label), control)),
    tokenField, result, el('div.actions', {}, yes, cancel),
  )
  dialog.showModal()
  cancel.focus()
}

/** Sends the order. Returns the sentence to show; undefined when the token was refused. */
async function perform(
  master: string, { name, body }: Action, values: Values, token: string | undefined,
): Promise<string | undefined> {
  try {
    return `Done: ${await order({ master, action: name, body: body(values), token })}`
  } catch (error) {
    if (error instanceof TokenRefused) return undefined
    return `Not done: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** `typed`: undefined where a token of this tab was tried, which may be that for reading. */
function refusedText(typed: string | undefined): string {
  const why = typed === undefined ? 'the token of this page does not allow actions'
    : typed === '' ? 'actions need a token' : 'the sentinel refused this token'
  return `Not done: ${why}. Enter the actions-token of its [http] section.`
}

function controlOf({ name, choices }: Field): HTMLInputElement | HTMLSelectElement {
  const id = `field-${name}`
  if (choices === undefined) return el('input.filter', { id, type: 'text', maxlength: '200' }) as HTMLInputElement
  const options: Content[] = choices.map(([value, word]) => el('option', { value }, word))
  return el('select.filter', { id }, options) as HTMLSelectElement
}
