/**
 * Nobody starts a failover within 2x failover-timeout after voting for another or after being elected itself, unless
 * an operator asks or a switch, a RESET or a restart began a new story (behaviour.md 16.1.12); or the master has handed
 * over and nobody announced it (docs/decisions/0051-coordinated-failover.md).
 */
import type { Cluster } from '../cluster.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Checker } from './watch.ts'

export const noHastyRetry: Checker = {
  invariant: 'no failover attempt while another leader may be at work',
  watch: ({ attempts, cluster, report }) => {
    /** When a sentinel may have left the field to somebody, on its own clock. */
    const blockedSince = new Map<string, number>()
    const startedAt = new Map<string, number>()
    /** Where it was its own election that blocks a sentinel. */
    const leads = new Set<string>()
    const forget = (prefix: string) => {
      for (const key of [...blockedSince.keys()]) if (key.startsWith(prefix)) blockedSince.delete(key)
    }
    return {
      ended: ({ name }) => { forget(`${name} `) },
      stepped: (sentinel, _input, effects, now) => {
        for (const effect of effects) {
          if (effect.type !== 'emit') continue
          const { event } = effect
          const { name, master = '' } = event
          const key = `${sentinel.name} ${master}`
          if (event.name === '+vote-for-leader' && event.leader !== sentinel.id) {
            blockedSince.set(key, now.mono)
            leads.delete(key)
          } else if (name === '+elected-leader') {
            blockedSince.set(key, startedAt.get(key) ?? now.mono)
            leads.add(key)
          } else if (name === '-failover-abort-master-timeout' || (name.startsWith('-failover-abort') && attempts.isCoordinated(sentinel, master))) {
            // Nothing was changed by the order to the master.
            if (leads.delete(key)) blockedSince.delete(key)
          } else if ('because' in event && event.because === 'master-answers') {
            // The leader itself knows that its attempt ended without an order.
            if (leads.delete(key)) blockedSince.delete(key)
          }
          if (name === '+switch-master' || name === '+reset-master' || name === '-monitor') blockedSince.delete(key)
          else if (name === '+try-failover') {
            const since = blockedSince.get(key)
            const wait = 2 * (sentinel.view?.master(master, now)?.settings.failoverTimeoutMs ?? 0)
            startedAt.set(key, now.mono)
            const isForced = effects.some((other) => other.type === 'note' && other.note.kind === 'failover-requested')
            const attempt = attempts.current(sentinel, master)
            // The next rounds of such an election need no other excuse.
            if (isHandedOver(cluster, sentinel, master)) blockedSince.delete(key)
            if (isForced || !blockedSince.has(key) || since === undefined || now.mono - since >= wait) continue
            report(`${sentinel.name} stands for ${master} after ${now.mono - since} of ${wait} ms (was ${attempt?.isElected === true ? 'leader' : 'voter'})`)
          }
        }
      },
    }
  },
}

/**
 * The node that this sentinel takes for the master follows one that works as a master, or that follows it as well, or
 * that was pointed to another deployment since; or it did by its last INFO, and follows another one or none since. Or
 * the last INFO of both shows that, because the sentinel reaches neither of them any more.
 */
function isHandedOver(cluster: Cluster, sentinel: SentinelNode, name: string): boolean {
  const { view } = sentinel
  const address = view?.clientAddress(name)
  const node = address === undefined ? undefined : cluster.nodeAt(address.host, address.port)
  const [, shown] = /^master_host:(\S+)/m.exec(view?.infoCache(name, sentinel.now())[0]?.text ?? '') ?? []
  const replicas = [...sentinel.memory?.state.masters.get(name)?.replicas.values() ?? []]
  if (replicas.some((replica) => replica.roleReported === 'master' && replica.address.host === shown)) return true
  return [node?.replication.master?.host, shown].some((host) => {
    const successor = host === undefined ? undefined : cluster.nodeAt(host)
    const above = successor?.replication.master?.host
    if (successor === undefined || node === undefined) return false
    return above === undefined || [node, undefined].includes(cluster.nodeAt(above))
  })
}
