/** The entry point of the quickstart. */
import '../launch/no-debugger-first.ts'
import { runQuickstart } from './run-quickstart.ts'

process.exitCode = await runQuickstart(process.argv.slice(2))
