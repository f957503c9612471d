/** Used-up places at the front that are worth the move of the rest. */
const USED_UP = 1024

/** Commands in the order of their sending. Taking the first one costs the same however many there are. */
export class CommandFifo<Command> {
  #commands: (Command | undefined)[] = []
  #first = 0

  get length(): number {
    return this.#commands.length - this.#first
  }

  push(command: Command): void {
    this.#commands.push(command)
  }

  shift(): Command | undefined {
    if (this.#first === this.#commands.length) return undefined
    const command = this.#commands[this.#first]
    // The reply is on its way to its owner; nobody else may keep the command alive.
    this.#commands[this.#first] = undefined
    this.#first += 1
    if (this.#first === this.#commands.length) {
      this.#commands.length = 0
      this.#first = 0
    } else if (this.#first >= USED_UP && this.#first * 2 >= this.#commands.length) {
      this.#commands = this.#commands.slice(this.#first)
      this.#first = 0
    }
    return command
  }
}
