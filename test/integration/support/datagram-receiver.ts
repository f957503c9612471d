/** A datagram socket that writes down what comes in: the place of systemd, or of the system log. Needs python3. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { eventually, notYet, type Workspace } from '../../../src/harness/index.ts'

const PROGRAM = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
path = sys.argv[1]
s.bind('\\0' + path[1:] if path.startswith('@') else path)
print('', flush=True)
while True: print(repr(s.recv(65536).decode('latin-1')), flush=True)
`

export class DatagramReceiver {
  readonly #stop: () => Promise<void>
  readonly #output: () => string

  private constructor(output: () => string, stop: () => Promise<void>) {
    this.#output = output
    this.#stop = stop
  }

  /** `path` begins with `@` for a socket without a file. */
  static async open(path: string, workspace: Workspace): Promise<DatagramReceiver> {
    const child = spawn('python3', ['-c', PROGRAM, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const { pid } = child
    if (pid === undefined) throw new Error('python3 cannot be run')
    workspace.adopt(pid)
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text })
    await eventually('a datagram socket', () => {
      if (!output.includes('\n')) throw notYet('nothing')
    })
    return new DatagramReceiver(() => output, async () => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      workspace.release(pid)
    })
  }

  /** What came in so far, as Python prints it without its quotes. */
  get messages(): string[] {
    return this.#output().split('\n').filter((line) => line !== '').map((line) => line.slice(1, -1))
  }

  close(): Promise<void> {
    return this.#stop()
  }
}
