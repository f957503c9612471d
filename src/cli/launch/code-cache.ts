/**
 * The code cache: what V8 made of the program's text, kept so that a start need not make it again. V8 believes it
 * blindly, so it is sealed: it counts only for this text, this Node and these bytes.
 */
const SEAL_BYTES = 32

/** Where it is, beside the program: one for each Node that made one. */
export function codeCachePath(folder: string): string {
  return `${folder}/code-cache/${process.version}-${process.platform}-${process.arch}`
}

/** `program` is the text that was compiled. */
export function sealCache(cache: Buffer, program: Buffer): Buffer {
  return Buffer.concat([seal(cache, program), cache])
}

/** What `sealCache` got; undefined when it was for another program or Node, or is damaged. */
export function unsealCache(bytes: Buffer, program: Buffer): Buffer | undefined {
  const cache = bytes.subarray(SEAL_BYTES)
  return seal(cache, program).equals(bytes.subarray(0, SEAL_BYTES)) ? cache : undefined
}

/** A version alone does not name a Node: one that was configured in another way has another layout of code. */
function seal(cache: Buffer, program: Buffer): Buffer {
  const { createHash } = process.getBuiltinModule('node:crypto')
  const facts = JSON.stringify([process.versions, process.arch, process.config, program.length])
  return createHash('sha256').update(facts).update(program).update(cache).digest()
}
