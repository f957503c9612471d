/** Everything that bytes from outside get to. */
import { commands } from './commands.ts'
import { configFiles, stateFiles } from './config-files.ts'
import { hellos, infoReplies, replies } from './core-surfaces.ts'
import { longInputs } from './long-inputs.ts'
import { proxyFrames } from './proxy-frames.ts'
import { replyStreams } from './reply-streams.ts'
import { requests } from './requests.ts'
import type { Surface } from './surface.ts'

export const SURFACES: readonly Surface[] = [
  requests, commands, configFiles, stateFiles, infoReplies, hellos, replyStreams, replies, longInputs,
  proxyFrames,
]
