/** Sends what it holds back. */
export interface Sender {
  sendHeld(): void
}

/**
 * Connections that got messages in this turn. One tick sends them all: messages that come in one turn, such as the
 * events of a failover, leave together, and a thousand subscribers cost no thousand ticks.
 */
export class DeliveryRound {
  #senders: Sender[] = []

  add(sender: Sender): void {
    if (this.#senders.push(sender) === 1) process.nextTick(() => { this.#send() })
  }

  #send(): void {
    const senders = this.#senders
    this.#senders = []
    for (const sender of senders) sender.sendHeld()
  }
}
