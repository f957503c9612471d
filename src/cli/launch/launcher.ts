#!/usr/bin/env node
/** The executable. It runs the program in the same folder. */
import './no-debugger-first.ts'
import './require-node.js'
import { useCompileCache } from './compile-cache.ts'
import { keepEngineFrugal } from './frugal-engine.ts'
import { runBelowInit } from './init-process.ts'

if (!runBelowInit()) {
  useCompileCache(import.meta.dirname)
  const { createRequire } = process.getBuiltinModule('node:module')
  createRequire(import.meta.url)('./program.cjs')
  // Not earlier: with a small heap the start itself takes 10 ms longer. A proxy carries traffic, so it needs the speed.
  if (process.argv[2] !== 'proxy') setImmediate(keepEngineFrugal)
}
