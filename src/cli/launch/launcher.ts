#!/usr/bin/env node
/** The executable. It runs the program in the same folder. */
import './no-debugger-first.ts'
import './require-node.js'
import { keepEngineFrugal } from './frugal-engine.ts'
import { runBelowInit } from './init-process.ts'
import { requireLazily } from './lazy-module.ts'
import { compileProgram, type Program } from './program.ts'

if (!runBelowInit()) {
  const { script } = compileProgram(import.meta.dirname, { useCache: true })
  const program = script.runInThisContext() as Program
  program(requireLazily(), import.meta.url)
  // Not before: in a small heap the start itself takes 10 ms longer.
  setImmediate(keepEngineFrugal)
}
