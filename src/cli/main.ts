/** The program's entry. */
import { runCli } from './run-cli.ts'

process.exit(await runCli(process.argv[1] ?? '', process.argv.slice(2)))
