/** The tools that act on all sentinels of a master. */
import { askAtTerminal } from '../terminal.ts'
import { PROCESS_OUTPUT } from '../output.ts'
import { FAILOVER } from './failover-tool.ts'
import { runFleetTool, type FleetToolWorld } from './fleet-tool.ts'
import { FORGET } from './forget-tool.ts'
import { PAUSE, RESUME } from './pause-tool.ts'
import { SWITCHOVER } from './switchover-tool.ts'

const PROCESS_WORLD: FleetToolWorld = {
  ...PROCESS_OUTPUT, ask: process.stdin.isTTY ? askAtTerminal : undefined, now: () => Date.now(),
}

export function pauseTool(args: readonly string[], world = PROCESS_WORLD): Promise<number> {
  return runFleetTool(PAUSE, args, world)
}

export function resumeTool(args: readonly string[], world = PROCESS_WORLD): Promise<number> {
  return runFleetTool(RESUME, args, world)
}

export function forgetTool(args: readonly string[], world = PROCESS_WORLD): Promise<number> {
  return runFleetTool(FORGET, args, world)
}

export function failoverTool(args: readonly string[], world = PROCESS_WORLD): Promise<number> {
  return runFleetTool(FAILOVER, args, world)
}

export function switchoverTool(args: readonly string[], world = PROCESS_WORLD): Promise<number> {
  return runFleetTool(SWITCHOVER, args, world)
}
