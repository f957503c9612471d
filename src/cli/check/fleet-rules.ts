/** Rules about the files of several sentinels of one fleet: what must differ between them, and what must not. */
import { addressText } from '../../explain/index.ts'
import { announcedPort } from './address-rules.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

/** Findings at the second of two files that do not fit together. */
export function checkFleet(files: readonly LoadedFile[]): Finding[] {
  return files.flatMap((file, at) => files.slice(0, at).flatMap((earlier) => [
    ...sameId(file, earlier), ...sameAnnouncement(file, earlier), ...differentMasters(file, earlier),
  ]))
}

function sameId({ config: { durable }, place }: LoadedFile, earlier: LoadedFile): Finding[] {
  if (durable.myId === '' || durable.myId !== earlier.config.durable.myId) return []
  return [finding('error', 'same-id', place('sentinel', 'myid'), [
    `the id is that of ${earlier.place('sentinel', 'myid')} too: a file was copied, and the two sentinels do not see each other`,
    'remove the line `sentinel myid` from the copied file while its sentinel is stopped; it then gets an id of its own',
  ])]
}

function sameAnnouncement({ config, place }: LoadedFile, earlier: LoadedFile): Finding[] {
  const { announceIp } = config.durable
  const other = earlier.config
  const isSame = announceIp === other.durable.announceIp && announcedPort(config) === announcedPort(other)
  return announceIp === undefined || !isSame ? [] : [finding('error', 'announce-of-other', place('sentinel', 'announce-ip'), [
    `the announced address ${addressText({ host: announceIp, port: announcedPort(config) })} is that of`
    + ` ${earlier.place('sentinel', 'announce-ip')} too`,
    'announce the address at which the others reach this sentinel',
  ])]
}

/** Sentinels vote about masters by name, and each decides by its own quorum and times. */
function differentMasters({ config, place }: LoadedFile, earlier: LoadedFile): Finding[] {
  return config.durable.masters.flatMap((master) => {
    const other = earlier.config.durable.masters.find(({ name }) => name === master.name)
    if (other === undefined) return []
    const where = earlier.place('sentinel', 'monitor', master.name)
    const different = [
      ['address', 'monitor', addressText(master), addressText(other)],
      ['quorum', 'monitor', master.settings.quorum, other.settings.quorum],
      ['down-after-milliseconds', 'down-after-milliseconds', master.settings.downAfterMs, other.settings.downAfterMs],
    ] as const
    return different.filter(([, , here, there]) => here !== there).map(([what, directive, here, there]) => (
      finding(what === 'address' ? 'error' : 'warning', 'files-differ', place('sentinel', directive, master.name), [
        `the ${what} of ${master.name} is ${here}, and ${there} in ${where}`,
        what === 'address' ? 'write the address of the present master in both files, or give one of the masters another name'
          : 'use one value on all sentinels',
      ])
    ))
  })
}
