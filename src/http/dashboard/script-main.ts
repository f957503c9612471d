/** Script of the page, third part: events, and what is asked when. It runs in the browser. */
export const SCRIPT_MAIN = String.raw`
const EVENTS_SHOWN = 200
let overview
let details
let explain
/** The address names the master: #m=<name>. */
function named() {
  if (!location.hash.startsWith('#m=')) return undefined
  try {
    return decodeURIComponent(location.hash.slice(3))
  } catch {
    // An address that was cut or edited names no master; the first one is shown.
    return undefined
  }
}

let selected = named()
let lastId = '0'
const events = []

const WHO = { master: 'Master', replica: 'Replica', sentinel: 'Sentinel' }
const TEXTS = {
  __proto__: null,
  '+sdown': (e) => WHO[e.subject] + ' ' + e.address + ' does not answer this sentinel.',
  '-sdown': (e) => WHO[e.subject] + ' ' + e.address + ' answers again.',
  '+odown': (e) => 'Enough sentinels agree that the master is down' + (e.agree ? ' (' + e.agree + ').' : '.'),
  '-odown': () => 'The sentinels no longer agree that the master is down.',
  '+new-epoch': (e) => 'Epoch ' + e.epoch + ' begins.',
  '+try-failover': () => 'This sentinel stands for election.',
  '+vote-for-leader': (e) => 'This sentinel votes for ' + e.leader.slice(0, 8) + '.',
  '+elected-leader': () => 'This sentinel is elected and leads the failover.',
  '+selected-slave': (e) => 'Replica ' + e.address + ' is chosen.',
  '+failover-state-select-slave': () => 'Looking for the best replica.',
  '+failover-state-send-slaveof-noone': (e) => 'Replica ' + e.address + ' is told to become the master.',
  '+failover-state-wait-promotion': (e) => 'Waiting for ' + e.address + ' to become the master.',
  '+promoted-slave': (e) => e.address + ' has become a master.',
  '+failover-state-reconf-slaves': () => 'The other replicas are pointed to the new master.',
  '+slave-reconf-sent': (e) => 'Replica ' + e.address + ' is told about the new master.',
  '+slave-reconf-inprog': (e) => 'Replica ' + e.address + ' follows the new master and copies.',
  '+slave-reconf-done': (e) => 'Replica ' + e.address + ' is in sync with the new master.',
  '+failover-end': () => 'The failover is over.',
  '+failover-end-for-timeout': () => 'The failover is over; not all replicas were in sync in time.',
  '+config-update-from': (e) => 'Sentinel ' + e.address + ' announces a new configuration.',
  '+switch-master': (e) => 'The master is now ' + e.to + '. It was ' + e.from + '.',
  '-failover-abort-not-elected': (e) => 'The failover was given up: ' + reasonText(e.reason) + '.',
  '-failover-abort-no-good-slave': (e) => 'The failover was given up: ' + reasonText(e.reason) + '.',
  '-failover-abort-slave-timeout': (e) => 'The failover was given up: ' + reasonText(e.reason) + '.',
  '+slave': (e) => 'Replica ' + e.address + ' was found.',
  '+sentinel': (e) => 'Sentinel ' + e.address + ' was found.',
  '+monitor': (e) => 'Master ' + e.address + ' is watched from now on.',
  '-monitor': (e) => 'Master ' + e.address + ' is no longer watched.',
  '+reset-master': () => 'The master was reset by an operator.',
  '+set': (e) => 'A setting was changed: ' + (e.detail || ''),
  '+role-change': (e) => e.address + ' has the expected role again.',
  '-role-change': (e) => e.address + ' reports another role than expected.',
  '+reboot': (e) => e.address + ' was restarted.',
  '+tilt': () => 'TILT: this sentinel was stopped or its clock jumped. It decides nothing for now.',
  '-tilt': () => 'TILT is over.',
  '+convert-to-slave': (e) => e.address + ' is made a replica again.',
  '+fix-slave-config': (e) => 'Replica ' + e.address + ' is pointed to the right master.',
}

const BAD = /^(\+sdown|\+odown|-failover-abort|\+tilt|-script)/
const GOOD = /^(-sdown|-odown|\+switch-master|-tilt|\+failover-end$|\+slave-reconf-done)/

function eventView(event) {
  const kind = BAD.test(event.event) ? 'bad' : GOOD.test(event.event) ? 'ok' : 'info'
  const text = TEXTS[event.event] ? TEXTS[event.event](event) : event.payload
  const time = el('time', { datetime: event.time }, clock(event.time))
  return el('li', { 'data-id': event.id }, mark(kind), el('div', {}, text, ' ',
    el('small', {}, time, ' \u00b7 ', el('code', {}, event.event), event.master ? ' \u00b7 ' + event.master : '')))
}

function shows(event) {
  return !$('only').checked || event.master === undefined || event.master === selected
}

function redrawEvents() {
  $('events').replaceChildren(...events.filter(shows).slice(-EVENTS_SHOWN).reverse().map(eventView))
  $('quiet').hidden = $('events').childElementCount > 0
}

function addEvent(event, isNew) {
  events.push(event)
  if (events.length > 1000) events.shift()
  if (!shows(event)) return
  const item = eventView(event)
  if (isNew) item.classList.add('new')
  $('events').prepend(item)
  while ($('events').childElementCount > EVENTS_SHOWN) $('events').lastElementChild.remove()
  $('quiet').hidden = true
}

function render() {
  const { sentinel, masters } = overview
  const list = sorted(masters)
  const wanted = $('filter').value.trim().toLowerCase()
  const shown = list.filter((master) => master.name.toLowerCase().includes(wanted) || master.address.includes(wanted))
  draw('overall', overallText(masters), () => pill(overallText(masters)))
  $('about').textContent = 'sentinel ' + sentinel.id.slice(0, 8) + ' \u00b7 ' + sentinel.version + ' \u00b7 up ' + span(sentinel.uptimeMs)
  draw('alarms', sentinel.warnings, () => sentinel.warnings.map((text) => el('li', {}, mark('bad'), text)))
  $('alarmbox').hidden = sentinel.warnings.length === 0
  $('filter').hidden = masters.length < 8
  draw('masters', [shown, selected], () => shown.map((master) => masterItem(master, selected)))
  $('none').hidden = shown.length > 0
  $('detail').hidden = details === undefined
  if (details === undefined) return
  draw('head', details, () => headView(details))
  draw('notes', [details.warnings, details.status, details.quorum.ok, explain], () => notesView(details, explain))
  draw('topology', [details.replicaList, details.sentinelList, details.status, details.failover, details.address], () => topologyView(details))
  draw('history', details.failovers, () => historyView(details))
  document.title = (stateOf(details)[0] === 'ok' ? '' : '(!) ') + details.name + ' \u2013 ts-sentinel'
}

let running = false
let again = false
async function refresh() {
  if (running) {
    again = true
    return
  }
  running = true
  try {
    overview = await ask('masters')
    if (!overview.masters.some(({ name }) => name === selected)) selected = sorted(overview.masters)[0]?.name
    const path = selected === undefined ? undefined : 'masters/' + encodeURIComponent(selected)
    details = path && await ask(path)
    explain = path && await ask(path + '/explain')
    $('page').hidden = false
    $('ask').hidden = true
    render()
  } catch (error) {
    if (error instanceof Refused) askToken()
    else setLive(false)
    if (error instanceof UnknownName) showProblem(error.message)
  } finally {
    running = false
    if (again) {
      again = false
      soon()
    }
  }
}

function showProblem(text) {
  $('page').hidden = false
  draw('alarms', [text], () => el('li', {}, mark('bad'), text))
  $('alarmbox').hidden = false
}

let timer
function soon() {
  if (timer === undefined) timer = setTimeout(() => { timer = undefined; void refresh() }, 200)
}

function select(name) {
  selected = name
  history.replaceState(null, '', '#m=' + encodeURIComponent(name))
  if (overview) render()
  redrawEvents()
  void refresh()
}

function setLive(isLive) {
  $('live').className = isLive ? 'live on' : 'live'
  $('livetext').textContent = isLive ? 'Live' : 'Connecting\u2026'
}

function askToken() {
  $('page').hidden = true
  $('ask').hidden = false
  $('wrong').hidden = sessionStorage.getItem('token') === null
  $('token').focus()
}

/** Server-sent events by hand: the browser's own reader cannot carry a token. */
async function follow() {
  const reply = await fetch('events', { headers: headers({ 'Last-Event-ID': lastId }), cache: 'no-store' })
  if (reply.status === 401) throw new Refused()
  if (!reply.ok) throw new Error('events: ' + reply.status)
  setLive(true)
  void refresh()
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const isHistory = lastId === '0'
  const begun = Date.now()
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    text += value
    const blocks = text.split('\n\n')
    text = blocks.pop()
    for (const block of blocks) take(block, !isHistory || Date.now() - begun > 1000)
  }
}

function take(block, isNew) {
  const line = block.split('\n').find((one) => one.startsWith('data: '))
  if (line === undefined) return
  const event = JSON.parse(line.slice(6))
  lastId = event.id
  addEvent(event, isNew)
  soon()
}

async function keepFollowing() {
  for (;;) {
    try {
      await follow()
    } catch (error) {
      if (error instanceof Refused) return askToken()
    }
    setLive(false)
    await new Promise((resolve) => setTimeout(resolve, 2000))
  }
}

$('filter').addEventListener('input', () => { if (overview) render() })
$('only').addEventListener('change', redrawEvents)
$('ask').addEventListener('submit', (event) => {
  event.preventDefault()
  sessionStorage.setItem('token', $('token').value.trim())
  start()
})
document.addEventListener('visibilitychange', () => { if (!document.hidden) void refresh() })
addEventListener('hashchange', () => { if (named() !== undefined) select(named()) })
setInterval(() => { if (!document.hidden && $('ask').hidden) void refresh() }, 3000)

function start() {
  $('ask').hidden = true
  setLive(false)
  void refresh()
  void keepFollowing()
}
start()
`
