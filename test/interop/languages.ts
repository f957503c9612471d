/** The examples for languages other than JavaScript: how each is run, and what it needs. */
import { clientToolsHere, findPythonWithRedis, type ClientTool } from '../../src/cli/system-packages.ts'

/** One example below test/examples. */
export interface LanguageExample {
  readonly language: string
  readonly needs: ClientTool
  /** Relative to test/examples. */
  readonly path: string
  /** The command that compiles it into a program; undefined for scripts. */
  readonly compile?: (source: string, program: string) => readonly [string, ...string[]]
  /** The command for `ts-sentinel harness run`, of a script or a compiled program. */
  readonly command: (file: string) => readonly [string, ...string[]]
}

const EXAMPLES: readonly LanguageExample[] = [
  {
    language: 'Python', needs: 'python3-pytest', path: 'python/test_orders.py',
    command: (file) => [findPythonWithRedis() ?? 'python3', '-m', 'pytest', '-q', '-p', 'no:cacheprovider', file],
  },
  { language: 'Ruby', needs: 'ruby-redis', path: 'ruby/orders_test.rb', command: (file) => ['ruby', file] },
  { language: 'PHP', needs: 'php-predis', path: 'php/orders_test.php', command: (file) => ['php', file] },
  {
    language: 'C', needs: 'hiredis', path: 'c/orders_test.c',
    compile: (source, program) => ['cc', '-Wall', '-Werror', '-o', program, source, '-lhiredis'],
    command: (file) => [file],
  },
]

/** Those whose language and client library are installed, or have a package for this system. */
export function languageExamplesHere(): readonly LanguageExample[] {
  const here = clientToolsHere()
  return EXAMPLES.filter(({ needs }) => here.includes(needs))
}
