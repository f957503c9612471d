/** Nodes and sentinels that refuse this sentinel: passwords, rights, renamed commands. */
import type { MasterExplanation, NodeExplanation, RefusalView, SentinelExplanation } from '../core/index.ts'
import { count } from '../text/index.ts'
import { addressText } from './address-text.ts'
import { finding, hindrance, refusalOf, type Case } from './case.ts'
import type { Finding } from './finding.ts'
import { minimumRights, PEER_RIGHTS } from './minimum-rights.ts'
import { ownCli, redisCli } from './shell-command.ts'

/** The replica to promote, or the master of a coordinated failover, refuses the order. */
export function orderFindings(one: Case): Finding[] {
  const { explanation } = one
  const candidate = explanation.replicas.find(({ name }) => name === explanation.candidate)
  const others = explanation.replicas.filter((node) => node !== candidate)
  const nodes = [...candidate === undefined ? [] : [candidate], explanation, ...others]
  return nodes.flatMap((node) => {
    const refusal = refusalOf(node, 'order')
    if (refusal === undefined || refusesLogin(node)) return []
    // It was promoted by another sentinel after it had refused this one.
    if (node === explanation && !refusal.command.startsWith('FAILOVER')) return []
    const what = node === candidate ? 'the replica to promote' : node === explanation ? 'the master' : 'a replica'
    return [orderRefused(one, node, refusal, what)]
  })
}

function orderRefused(one: Case, node: NodeExplanation, refusal: RefusalView, what: string): Finding {
  const about = addressText(node)
  const user = userOf(one.explanation)
  const severity = what === 'the replica to promote' ? hindrance(one) : 'warning'
  const text = `${about}, ${what}, refuses ${refusal.command}${refusal.error.startsWith('NOPERM') ? ` to user ${user}` : ''}:`
    + ` "${refusal.error}".`
  return finding(severity, 'promotion-refused', text, { about, ...orderRemedy(one, node, refusal) })
}

function orderRemedy(one: Case, node: NodeExplanation, { command, error }: RefusalView) {
  if (error.startsWith('NOPERM')) return rightsRemedy(one, node, { coordinated: command.startsWith('FAILOVER'), error })
  if (/unknown command/i.test(error)) return renameRemedy(one, command.split(' ')[0] ?? command)
  return { remedy: 'Look into the log of that node.' }
}

function rightsRemedy(
  { explanation, options }: Case, node: NodeExplanation,
  { coordinated, error }: { readonly coordinated: boolean, readonly error: string },
) {
  const user = userOf(explanation)
  const rights = minimumRights(node.version, { coordinated })
  // A server refuses a channel for a user who may use all channels, and then all rules of the command.
  const channel = (rule: string): string[] => /channel/i.test(error) ? ['resetchannels', rule] : []
  const rules = rights.flatMap((rule) => rule.startsWith('&') ? channel(rule) : [rule])
  return {
    remedy: `Give the user ${user} the rights that a sentinel needs, on every node of ${explanation.name}, and keep them with ACL SAVE or`
      + ' CONFIG REWRITE. The command needs a login that may change users.',
    command: redisCli(node, ['ACL', 'SETUSER', user, ...rules], options),
  }
}

function renameRemedy({ explanation, options }: Case, command: string) {
  return {
    remedy: `If ${command} is renamed on the nodes, tell each sentinel its name; otherwise end the renaming and restart the node.`
      + ' Write the new name for NEWNAME.',
    command: ownCli(explanation, ['SENTINEL', 'SET', explanation.name, 'rename-command', command, 'NEWNAME'], options),
  }
}

/** Logins that the data nodes refuse. One finding where all refuse: then the setting of this sentinel is wrong. */
export function loginFindings(one: Case): Finding[] {
  const { explanation } = one
  const nodes = [explanation, ...explanation.replicas]
  const open = nodes.filter((node) => needsNoLogin(node)).map((node) => loginNeedless(one, node))
  const refusing = nodes.flatMap((node) => {
    const refusal = loginRefusal(node)
    return refusal === undefined || needsNoLogin(node) ? [] : [{ node, refusal }]
  })
  const [first] = refusing
  if (first === undefined) return open
  const isEvery = refusing.length > 1 && refusing.length === nodes.length
  if (isEvery) return [everyLoginRefused(one, refusing.length, first.refusal)]
  return [...refusing.map(({ node, refusal }) => loginRefused(one, node, refusal)), ...open]
}

/** The refusal of AUTH itself, or the demand of a password where none was sent. */
function loginRefusal(node: NodeExplanation): RefusalView | undefined {
  return refusalOf(node, 'auth') ?? node.refusals.find(({ error }) => error.startsWith('NOAUTH'))
}

/** Whether nothing else works because the login is refused. */
export function refusesLogin(node: NodeExplanation): boolean {
  return loginRefusal(node) !== undefined && !needsNoLogin(node)
}

/** It has answered since it refused the login: its default user needs no password. */
function needsNoLogin(node: NodeExplanation): boolean {
  const refusal = refusalOf(node, 'auth')
  return refusal !== undefined && node.validReplyMs !== undefined && node.validReplyMs < refusal.ageMs
    && !node.refusals.some(({ error }) => error.startsWith('NOAUTH'))
}

function loginNeedless({ explanation }: Case, node: NodeExplanation): Finding {
  const about = addressText(node)
  const error = refusalOf(node, 'auth')?.error ?? ''
  return finding('notice', 'login-refused',
    `${about} refused the login of user ${userOf(explanation)} ("${error}"), but answers without one: its user default has no password.`, {
      about,
      remedy: 'Nothing is refused now. If the password was corrected, the next connection logs in with it; otherwise correct auth-user and'
        + ' auth-pass of the sentinels.',
    })
}

function loginText(one: Case, { command, error }: RefusalView, who: string, verb: 'refuses' | 'refuse'): string {
  const { own } = one.explanation
  if (command !== 'AUTH' && own?.hasPassword === false) {
    return `${who} ${verb === 'refuses' ? 'requires' : 'require'} a password, and this sentinel has none: "${error}".`
  }
  return `${who} ${verb} the login of user ${userOf(one.explanation)}: "${error}".`
}

function loginRefused(one: Case, node: NodeExplanation, refusal: RefusalView): Finding {
  const { explanation, options } = one
  const about = addressText(node)
  const isMaster = node === explanation
  return finding(isMaster ? hindrance(one) : 'warning', 'login-refused',
    loginText(one, refusal, `${about}, ${isMaster ? 'the master' : 'a replica'},`, 'refuses'), {
      about,
      ...explanation.own?.hasPassword === false ? ownPasswordRemedy(one) : {
        remedy: `Set the password that the sentinels use on ${about}; write it for PASSWORD, and keep it with ACL SAVE or CONFIG REWRITE.`,
        command: redisCli(node, ['ACL', 'SETUSER', userOf(explanation), 'on', '>PASSWORD'], options),
      },
    })
}

function everyLoginRefused(one: Case, many: number, refusal: RefusalView): Finding {
  return finding(hindrance(one), 'login-refused', loginText(one, refusal, `All ${count(many, 'node')} of ${one.explanation.name}`, 'refuse'), {
    about: addressText(one.explanation), ...ownPasswordRemedy(one),
  })
}

function ownPasswordRemedy({ explanation, options }: Case) {
  return {
    remedy: 'Give this sentinel the password of the nodes; write it for PASSWORD.',
    command: ownCli(explanation, ['SENTINEL', 'SET', explanation.name, 'auth-pass', 'PASSWORD'], options),
  }
}

/** Refused PING, INFO and PUBLISH; what a refused login causes is left out. */
export function commandFindings(one: Case): Finding[] {
  const { explanation } = one
  return [explanation, ...explanation.replicas].flatMap((node) => {
    if (refusesLogin(node)) return []
    const refusal = node.refusals.find(({ purpose, error }) => purpose !== 'order' && NO_RIGHT_OR_NAME.test(error))
    if (refusal === undefined) return []
    const about = addressText(node)
    const isMaster = node === explanation
    return [finding(isMaster ? hindrance(one) : 'warning', 'command-refused',
      `${about}, ${isMaster ? 'the master' : 'a replica'}, refuses ${refusal.command} to user ${userOf(explanation)}: "${refusal.error}".`,
      { about, ...orderRemedy(one, node, refusal) })]
  })
}

const NO_RIGHT_OR_NAME = /^NOPERM|unknown command/i

/** Other sentinels that refuse this one: they neither agree nor vote. */
export function peerAccessFindings(one: Case): Finding[] {
  const { explanation } = one
  const isDecisive = [...explanation.reasons, ...explanation.ifMasterDied ?? []].some(({ kind }) => kind === 'peers-refuse')
  return explanation.sentinels.flatMap((peer) => {
    const refusal = refusalOf(peer, 'auth') ?? peer.refusals[0]
    return refusal === undefined ? [] : [peerRefused(one, peer, refusal, isDecisive)]
  })
}

function peerRefused(one: Case, peer: SentinelExplanation, refusal: RefusalView, isDecisive: boolean): Finding {
  const { explanation: { own }, options } = one
  const about = addressText(peer)
  const isLogin = /^(?:NOAUTH|WRONGPASS)/.test(refusal.error) || refusal.purpose === 'auth'
  const user = own?.peerUser ?? 'default'
  return finding(isDecisive ? hindrance(one) : 'warning', 'peer-refuses',
    `The sentinel ${about} refuses ${refusal.command} of this one, as user ${user}: "${refusal.error}".`, {
      about,
      remedy: isLogin
        ? 'All sentinels need the same password: set sentinel-pass (or requirepass) of each; write it for PASSWORD.'
        : `Give the user ${user} the rights that another sentinel needs.`,
      command: isLogin
        ? ownCli(one.explanation, ['SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', 'PASSWORD'], options)
        : redisCli(peer, ['ACL', 'SETUSER', user, ...PEER_RIGHTS], options),
    })
}

function userOf({ own }: MasterExplanation): string {
  return own?.user ?? 'default'
}
