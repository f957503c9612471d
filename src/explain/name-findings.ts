/** Host names that cannot be looked up. */
import { addressText } from './address-text.ts'
import { finding, hindrance, type Case } from './case.ts'
import type { Finding } from './finding.ts'
import { shellWord } from './shell-command.ts'

/** One finding for all names that fail: their cause is one. */
export function nameFindings(one: Case): Finding[] {
  const { explanation } = one
  const nodes = [explanation, ...explanation.replicas, ...explanation.sentinels]
  const failing = nodes.filter(({ nameFailure }) => nameFailure !== undefined)
  const [first] = failing
  if (first?.nameFailure === undefined) return []
  const names = [...new Set(failing.map((node) => node.hostName ?? addressText(node)))]
  const cutOff = failing.filter(({ hasAddress, isConnected }) => hasAddress === false || isConnected === false)
  const effect = cutOff.length === 0
    ? 'The addresses of the last lookup are used.'
    : `No connection to ${cutOff.map(addressText).join(', ')}.`
  return [finding(cutOff.includes(explanation) ? hindrance(one) : 'warning', 'name-not-resolved',
    `This sentinel cannot resolve ${names.join(', ')} (${first.nameFailure}). ${effect}`, {
      about: addressText(first),
      remedy: 'Repair the name service of the machine of this sentinel, or correct the name.',
      command: `getent hosts ${shellWord(names[0] ?? '')}`,
    })]
}
