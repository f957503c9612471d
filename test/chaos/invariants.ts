/** What must hold whatever was done to a fleet (behaviour.md 16.1), judged from logs and config files alone. */
import { formatAddress, type Acknowledged, type SentinelFileFacts } from '../../src/harness/index.ts'
import type { LogFact } from './log-facts.ts'

/** For one fleet, from its start on. Sentinels are named; `who` carries the kind of program too. */
export class Invariants {
  readonly violations: string[] = []
  /** What the design allows (behaviour.md 16.3), worth knowing. */
  readonly remarks: string[] = []
  readonly #votes = new Map<string, string>()
  readonly #leaders = new Map<number, string>()
  readonly #forced = new Set<number>()
  readonly #highest = new Map<string, number>()
  readonly #configurations = new Map<number, { readonly address: string, readonly who: string }>()
  /** Configurations of one epoch that differ, each once. */
  readonly #disputes = new Map<string, { readonly epoch: number, readonly text: string, isJudged: boolean }>()
  readonly #masters: { readonly address: string, readonly at: number }[] = []

  logged(who: string, fact: LogFact): void {
    switch (fact.kind) {
      case 'vote': return this.#voted(who, fact)
      case 'elected': return this.#elected(who, fact)
      case 'master':
        this.#masters.push(fact)
        return
      case 'crash': this.violations.push(`${who} logged: ${fact.text}`)
    }
  }

  /** What a config file says at some moment; moments come in order. */
  saved(who: string, facts: SentinelFileFacts): void {
    this.#raise(who, 'current-epoch', facts.currentEpoch)
    this.#raise(who, 'config-epoch', facts.configEpoch)
    this.#raise(who, 'leader-epoch', facts.leaderEpoch)
    if (facts.master === undefined || facts.configEpoch === 0) return
    const address = formatAddress(facts.master)
    const known = this.#configurations.get(facts.configEpoch)
    if (known === undefined) this.#configurations.set(facts.configEpoch, { address, who })
    else if (known.address !== address) {
      const epoch = facts.configEpoch
      const key = `${epoch} ${address}`
      const text = `config-epoch ${epoch} is ${known.address} for ${known.who} and ${address} for ${who}`
      if (!this.#disputes.has(key)) this.#disputes.set(key, { epoch, text, isJudged: false })
    }
  }

  /** Files are seen before logs: only now it is known which failovers an operator ordered. */
  judgeDisputes(): void {
    for (const dispute of this.#disputes.values()) {
      if (!dispute.isJudged) this.#note(dispute.epoch, dispute.text)
      dispute.isJudged = true
    }
  }

  /**
   * Acknowledged writes that are not there: only one who was replaced may have lost them.
   * @returns how many are lost
   */
  wrote(acknowledged: readonly Acknowledged[], lost: readonly number[]): number {
    const missing = new Set(lost)
    const wrong = acknowledged.filter((write) => missing.has(write.value) && !this.#wasDeposed(write))
    if (wrong.length > 0) {
      const [first] = wrong
      const where = first?.server === undefined ? 'an unknown node' : formatAddress(first.server)
      this.violations.push(`${wrong.length} acknowledged writes are lost without anybody deposed, the first of ${where}`)
    }
    return lost.length
  }

  #wasDeposed({ at, server }: Acknowledged): boolean {
    if (server === undefined) return true
    const own = formatAddress(server)
    const reigns = this.#masters.filter((one) => one.address === own && one.at <= at)
    const since = Math.max(...reigns.map((one) => one.at), -Infinity)
    // The promotion may be in the log a little before the words that told of the one before.
    return this.#masters.some((one) => one.address !== own && one.at >= since - 1000)
  }

  #voted(who: string, { epoch, candidate }: Extract<LogFact, { kind: 'vote' }>): void {
    const key = `${who} ${epoch}`
    const before = this.#votes.get(key)
    this.#votes.set(key, candidate)
    if (before !== undefined && before !== candidate) {
      this.violations.push(`${who} voted in epoch ${epoch} for ${before} and for ${candidate}`)
    }
  }

  #elected(who: string, { epoch, isForced }: Extract<LogFact, { kind: 'elected' }>): void {
    if (isForced) this.#forced.add(epoch)
    const before = this.#leaders.get(epoch)
    this.#leaders.set(epoch, who)
    if (before !== undefined && before !== who) this.#note(epoch, `${before} and ${who} lead in epoch ${epoch}`)
  }

  /** A failover that an operator ordered has no votes: its epoch may meet another one (behaviour.md 16.3.6). */
  #note(epoch: number, text: string): void {
    if (this.#forced.has(epoch)) this.remarks.push(`${text} (an operator ordered one of the failovers)`)
    else this.violations.push(text)
  }

  #raise(who: string, what: string, value: number): void {
    const key = `${who} ${what}`
    const before = this.#highest.get(key) ?? 0
    if (value < before) this.violations.push(`${who}: ${what} went from ${before} back to ${value}`)
    this.#highest.set(key, value)
  }
}
