/** Script of the page, second part: masters, topology, history. It runs in the browser. */
export const SCRIPT_VIEWS = String.raw`
/** ok, warn or bad, and the word for it. */
function stateOf(master) {
  if (master.failover !== null) return ['warn', 'Failing over']
  if (master.status === 'odown') return ['bad', 'Down']
  if (master.status === 'sdown') return ['bad', 'Not answering']
  if (!master.quorum.ok) return ['bad', 'No quorum']
  if (master.warnings.length > 0) return ['warn', 'Attention']
  return ['ok', 'Healthy']
}

const WEIGHT = { bad: 0, warn: 1, ok: 2 }

function pill([kind, word]) {
  return el('span.pill.' + kind, {}, mark(kind), word)
}

function masterItem(master, selected) {
  const [kind, word] = stateOf(master)
  const { replicas, sentinels } = master
  return el('li', {}, el('button.pick', {
    'type': 'button', 'data-key': master.name, 'aria-current': String(master.name === selected), 'onclick': () => select(master.name),
  }, mark(kind), el('b', {}, master.name),
  el('small', {}, word + ' \u00b7 ' + replicas.ok + '/' + replicas.total + ' replicas'
    + (sentinels.ok === sentinels.total ? '' : ' \u00b7 ' + sentinels.ok + '/' + sentinels.total + ' sentinels'))))
}

function sorted(masters) {
  return masters.map((master) => [WEIGHT[stateOf(master)[0]], master])
    .sort((a, b) => a[0] - b[0] || a[1].name.localeCompare(b[1].name, undefined, { numeric: true })).map((pair) => pair[1])
}

function overallText(masters) {
  const troubled = masters.filter((master) => stateOf(master)[0] !== 'ok').length
  if (masters.length === 0) return ['warn', 'No master is watched']
  const bad = masters.some((master) => stateOf(master)[0] === 'bad')
  if (troubled > 0) return [bad ? 'bad' : 'warn', masters.length === 1 ? 'The master needs attention' : troubled + ' of ' + masters.length + ' masters need attention']
  return ['ok', masters.length === 1 ? 'The master is healthy' : 'All ' + masters.length + ' masters are healthy']
}

function fact(name, value, more) {
  return el('div', {}, el('dt', {}, name), el('dd', {}, value, more === undefined ? undefined : el('small', {}, more)))
}

function quorumMeter({ quorum, sentinels }) {
  const bars = Array.from({ length: sentinels.total }, (_, at) => el(at < quorum.usable ? 'i.on' : 'i'))
  return el(quorum.ok ? 'div.quorum' : 'div.quorum.short', { 'aria-hidden': 'true' }, bars)
}

function headView(master) {
  const { quorum, sentinels, settings } = master
  const more = [quorumMeter(master), quorum.quorum + ' must agree, ' + quorum.majority + ' elect a leader']
  return [
    el('div.title', {}, el('h2', {}, master.name), pill(stateOf(master))),
    el('dl.facts', {},
      fact('Master', el('span.addr', {}, master.address), master.downMs === null ? 'answered ' + span(master.lastPingReplyMs) + ' ago' : 'down for ' + span(master.downMs)),
      el('div', {}, el('dt', {}, 'Quorum'), el('dd', {}, quorum.usable + ' of ' + sentinels.total + ' reachable', more[0], el('small', {}, more[1]))),
      fact('Counts as down after', span(settings.downAfterMs), 'failover time-out ' + span(settings.failoverTimeoutMs)),
      fact('Configuration', 'epoch ' + master.configEpoch, count(master.failovers.length, 'failover') + ' remembered')),
  ]
}

function notesView(master, explain) {
  const notes = master.warnings.map((text) => el('li', {}, mark(master.quorum.ok && master.status === 'ok' ? 'warn' : 'bad'), el('span', {}, text)))
  if (notes.length === 0) notes.push(el('li', {}, mark('ok'), el('span', {}, 'Nothing needs attention.')))
  if (explain !== undefined) {
    const died = explain['if-master-died']
    notes.push(el('li', {}, mark('info'), el('span', {}, explain.answer)))
    if (died !== undefined) notes.push(el('li', {}, mark(died.startsWith('yes') ? 'ok' : 'warn'), el('span', {}, 'If the master died now: ' + died + '.')))
  }
  return [el('h3', {}, 'What to know'), el('ul.notes', {}, notes)]
}

function nodeState({ status, flags, replicationLinkUp, role, disagrees }) {
  if (status !== 'ok') return ['bad', 'down']
  if (flags.includes('disconnected')) return ['bad', 'unreachable']
  if (flags.includes('promoted')) return ['warn', 'being promoted']
  if (flags.some((flag) => flag.startsWith('reconf_') && flag !== 'reconf_done')) return ['warn', 'being reconfigured']
  if (role === 'master') return ['warn', 'says it is a master']
  if (replicationLinkUp === false) return ['warn', 'not in sync']
  if (disagrees) return ['warn', 'names another master']
  return ['ok', replicationLinkUp ? 'in sync' : 'up']
}

function nodeView(state, title, ...lines) {
  const [kind] = state
  return el('div.node' + (kind === 'ok' ? '' : '.' + kind), {}, mark(kind), el('div', {}, el('span.addr', {}, title), lines.map((line) => el('small', {}, line))))
}

function replicaView(replica) {
  const state = nodeState(replica)
  const lines = ['Replica, ' + state[1] + (replica.downMs === null ? '' : ' for ' + span(replica.downMs)),
    replica.priority === 0 ? 'never promoted (priority 0)' : 'priority ' + replica.priority]
  return el(state[0] === 'ok' ? 'li' : 'li.cut', {}, nodeView(state, replica.address, ...lines))
}

function sentinelView(sentinel) {
  if (sentinel.isSelf) return el('li', {}, nodeView(['ok'], 'this sentinel', 'up \u00b7 ' + sentinel.name.slice(0, 8)))
  const state = nodeState(sentinel)
  return el('li', {}, nodeView(state, sentinel.address, state[1] + (sentinel.downMs === null ? '' : ' for ' + span(sentinel.downMs)) + ' \u00b7 ' + sentinel.name.slice(0, 8)))
}

function topologyView(master) {
  const kind = master.status === 'ok' ? (master.failover === null ? 'ok' : 'warn') : 'bad'
  const top = nodeView([kind], master.address, kind === 'ok' ? 'Master, up' : kind === 'warn' ? 'Master, failing over' : 'Master, down')
  top.classList.add('top')
  const kids = master.replicaList.map(replicaView)
  return [
    el('h3', {}, 'Topology'),
    el('div.tree', {}, top, kids.length > 0 ? el('div.wire', { 'aria-hidden': 'true' }) : el('p.muted', {}, 'No replica is known.'),
      kids.length > 0 ? el('ul.kids', { 'aria-label': 'Replicas' }, kids) : undefined),
    el('div.group', {}, el('h3', {}, 'Watched by'), el('ul.watch', { 'aria-label': 'Sentinels' }, master.sentinelList.map(sentinelView))),
  ]
}

/** Where a phase ends, its name, its colour. */
const MARKS = {
  __proto__: null,
  '+odown': ['agreement', 'p1'], '+elected-leader': ['election', 'p2'], '+promoted-slave': ['promotion', 'p3'],
  '+config-update-from': ['work of the leader', 'p3'], '+switch-master': ['reconfiguration', 'p4'],
  '-failover-abort-not-elected': ['no majority', 'p5'], '-failover-abort-no-good-slave': ['no replica', 'p5'],
  '-failover-abort-slave-timeout': ['no promotion', 'p5'],
}

function segments({ phases, reason }) {
  let before = 0
  const found = []
  for (const { name, sinceStartMs } of phases) {
    const known = name.startsWith('-failover-abort') && reason === 'master-answers' ? ['master answers', 'p5'] : MARKS[name]
    if (known === undefined) continue
    if (name !== '+switch-master' || sinceStartMs > before) found.push({ name: known[0], colour: known[1], ms: sinceStartMs - before })
    before = sinceStartMs
  }
  return found
}

const OUTCOMES = {
  __proto__: null,
  running: ['warn', 'Under way'], switched: ['ok', 'Switched'], adopted: ['ok', 'Led by another sentinel'], aborted: ['bad', 'Given up'],
}

const REASONS = { __proto__: null, 'not-elected': 'no majority elected this sentinel', 'no-good-slave': 'no replica may be promoted', 'slave-timeout': 'the replica was not promoted in time', 'master-answers': 'the master answers again' }

function reasonText(reason) {
  return REASONS[reason] || reason
}

/** The content policy allows no style attribute; the object model may set it. */
function sized(node, ms) {
  node.style.flexGrow = String(Math.max(ms, 1))
  return node
}

function failoverView(failover) {
  const parts = segments(failover)
  const [kind, word] = OUTCOMES[failover.outcome]
  const why = failover.reason === null ? '' : ': ' + reasonText(failover.reason)
  return el('li.run', {},
    el('div.line', {},
      el('span', {}, pill([kind, word]), ' ', failover.from === null ? why.slice(2) : el('span.addr', {}, failover.from + ' \u2192 ' + failover.to)),
      el('span.muted', {}, day(failover.started) + (failover.durationMs === null ? '' : ' \u00b7 took ' + span(failover.durationMs)))),
    el('div.bar', { 'aria-hidden': 'true' }, parts.map(({ colour, ms }) => sized(el('i.' + colour), ms))),
    el('div.legend', {}, parts.map(({ name, colour, ms }) => el('span', {}, el('i.' + colour), name + ' ' + span(ms)))))
}

function historyView({ failovers }) {
  return [
    el('h3', {}, 'Failovers'),
    failovers.length === 0
      ? el('p.muted', {}, 'None since this sentinel started.')
      : el('ol', {}, failovers.slice().reverse().map(failoverView)),
  ]
}
`
