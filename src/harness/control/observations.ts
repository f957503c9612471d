import { failoverTimes } from '../failover-times.ts'
import type { Timeline, TimelineMatch } from '../timeline.ts'
import type { Writer } from '../writer.ts'
import { applicationEnvironment } from './application-environment.ts'
import { ControlError } from './control-error.ts'
import { stateOf } from './deployment-state.ts'
import { operation, processNamed, type ControlledDeployment, type Operation } from './operation.ts'
import { address, addressText, countOrRange, flag, number, oneOf, optional, suggestion, text, texts } from './parameters.ts'

const MASTER = optional(text('the name of the master; default: the first of the deployment'))
const WRITER = optional(text('the name of the writer; default: writer'))
const TIMEOUT = optional(number('time limit in milliseconds', 1))
const AFTER = optional(number('only entries after this position; default: all that are kept'))
const DEFAULT_WRITER = 'writer'

/** What callers can read, wait for and record. */
export const OBSERVATIONS = {
  'state': operation('addresses, roles and processes', {}, ({ deployment }) => stateOf(deployment)),
  'environment': operation('the variables that an application gets', {},
    ({ deployment }) => applicationEnvironment(deployment)),
  'command': operation('sends one command of Redis to a process, past all relays', {
    process: text('the name of a node or sentinel'), command: texts('the command and its arguments'), timeoutMs: TIMEOUT,
  }, async (target, { process, command: [name, ...args], timeoutMs }) => {
    if (name === undefined) throw new ControlError(400, { what: 'the command is empty', where: 'command', whatToDo: 'give its name' })
    return { reply: await processNamed(target, process).call([name, ...args], timeoutMs) }
  }),

  'wait-formed': operation('waits until the sentinels know each other and all replicas', {
    without: optional(texts('names of processes that are left out; default: none')), timeoutMs: TIMEOUT,
  }, async ({ deployment }, { without, timeoutMs }) => {
    await deployment.waitUntilFormed({
      ...(without !== undefined && { without }), ...(timeoutMs !== undefined && { timeoutMs }),
    })
  }),
  'wait-settled': operation('waits for the end of a failover: all agree on a master that accepts writes', {
    master: MASTER, awayFrom: optional(address('address of the old master, which must have been replaced')), timeoutMs: TIMEOUT,
  }, async ({ deployment }, { master: masterName, awayFrom, timeoutMs }) => {
    const { master, configEpoch } = await deployment.waitUntilSettled({
      ...(masterName !== undefined && { masterName }), ...(awayFrom !== undefined && { awayFrom }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    })
    return { process: master.name, address: addressText(master.address), configEpoch }
  }),
  'wait-event': operation('waits for the first entry of the timeline that matches, past or future', {
    event: optional(text('the event of a sentinel or a mark, such as +switch-master')),
    source: optional(text('the process that reports it')),
    contains: optional(text('a part of its text')),
    after: AFTER,
    timeoutMs: TIMEOUT,
  }, ({ deployment }, { event, source, contains, after, timeoutMs }) => deployment.timeline.waitFor({
    ...(event !== undefined && { event }), ...(source !== undefined && { source }),
    ...(after !== undefined && { after }),
    ...(contains !== undefined && { where: (entry) => entry.text.includes(contains) }),
  }, timeoutMs)),

  'timeline': operation('the events of the sentinels and the marks of the harness', { after: AFTER },
    ({ deployment }, { after }) => timelineDocument(deployment.timeline, after === undefined ? {} : { after })),
  'story': operation('what happened, one thing a line, with names instead of addresses: the same in two runs', {
    after: AFTER,
    detail: optional(oneOf('marks and steps of failovers, or every entry; default: outline', ['outline', 'all'])),
    times: optional(flag('whether each line begins with the seconds since the first; default: false')),
  }, ({ deployment }, { after, detail, times }) => ({
    story: deployment.timeline.story({
      ...(after !== undefined && { after }), ...(detail !== undefined && { detail }),
      ...(times !== undefined && { times }),
    }),
  })),
  'mark': operation('adds a mark to the timeline', { text: text('one line') }, ({ deployment }, { text: line }) => {
    const { position } = deployment.timeline
    return { at: deployment.timeline.mark('application', 'mark', line).at, position }
  }),
  'failover-times': operation('the times of the steps of a failover, in milliseconds after a fault', {
    at: number('of the fault, milliseconds since 1970', 0, Number.MAX_SAFE_INTEGER), position: number('of the fault'), master: MASTER,
  }, ({ deployment }, { at, position, master }) => failoverTimes(deployment.timeline, { at, position }, master)),

  'writer-start': operation('starts a client that writes increasing numbers', {
    writer: WRITER, master: MASTER,
    everyMs: optional(number('pause between two writes; default: 5')),
    writeTimeoutMs: optional(number('time limit of one write; default: 1000', 1)),
    key: optional(text('the list that it writes to')),
  }, startWriter),
  'writer-report': operation('the figures of a writer so far', { writer: WRITER },
    (target, { writer }) => writerNamed(target, writer).report()),
  'writer-stop': operation('stops a writer', { writer: WRITER }, async (target, { writer }) => {
    const found = writerNamed(target, writer)
    await found.stop()
    return found.report()
  }),
  'writer-verify': operation('stops a writer and compares its writes with the data on the master', {
    writer: WRITER, master: MASTER,
    requireRecovery: optional(flag('whether the client must write again after the last fault')),
    maxOutageMs: optional(number('longest time without an acknowledged write')),
    maxLost: optional(number('acknowledged writes that may be missing')),
    expectFailovers: optional(countOrRange('how often the master should have been replaced since the writer started')),
  }, async (target, { writer, master, requireRecovery, maxOutageMs, maxLost, expectFailovers }) => {
    const server = await target.deployment.currentMaster(master)
    return writerNamed(target, writer).verify(server, {
      ...(requireRecovery !== undefined && { requireRecovery }), ...(maxOutageMs !== undefined && { maxOutageMs }),
      ...(maxLost !== undefined && { maxLost }), ...(expectFailovers !== undefined && { expectFailovers }),
    })
  }),
} as const satisfies Readonly<Record<string, Operation>>

interface WriterArguments {
  readonly writer: string | undefined
  readonly master: string | undefined
  readonly everyMs: number | undefined
  readonly writeTimeoutMs: number | undefined
  readonly key: string | undefined
}

async function startWriter(
  target: ControlledDeployment,
  { writer: name = DEFAULT_WRITER, master, everyMs, writeTimeoutMs, key }: WriterArguments,
): Promise<object> {
  if (target.writers.has(name)) {
    throw new ControlError(409, {
      what: `there is a writer ${name} already`, where: 'writer-start: writer', whatToDo: 'give another name and another key',
    })
  }
  const writer = await target.deployment.startWriter({
    ...(master !== undefined && { masterName: master }), ...(everyMs !== undefined && { everyMs }),
    ...(writeTimeoutMs !== undefined && { timeoutMs: writeTimeoutMs }), ...(key !== undefined && { key }),
  })
  target.writers.set(name, writer)
  return { writer: name }
}

function writerNamed({ writers }: ControlledDeployment, name = DEFAULT_WRITER): Writer {
  const found = writers.get(name)
  if (found !== undefined) return found
  throw new ControlError(404, {
    what: `there is no writer ${name}`,
    where: 'writer',
    whatToDo: suggestion(name, [...writers.keys()], 'the writers are', 'start one with writer-start'),
  })
}

function timelineDocument(timeline: Timeline, match: TimelineMatch): object {
  const entries = timeline.all(match)
  return { position: timeline.position, dropped: timeline.dropped, entries, text: timeline.render(entries) }
}
