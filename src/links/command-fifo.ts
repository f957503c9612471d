/** Empty places at the front above which the rest is moved. */
const USED_UP = 1024

/** Commands in the order in which they were sent. Taking the first one takes the same time for any length. */
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
    // Mostly one is waiting; an array that is emptied this way keeps its memory.
    if (this.#commands.length === 1) return this.#commands.pop()
    const command = this.#commands[this.#first]
    // Releases the command, which would otherwise be kept alive until the places are moved.
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
