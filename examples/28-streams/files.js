/** Gzipped files of one JSON value a line, written and read in constant memory. */
import { createReadStream, createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'

/** The lines of a gzipped file, one by one. */
export async function* linesOf(file) {
  let rest = ''
  for await (const text of createReadStream(file).pipe(createGunzip()).setEncoding('utf8')) {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    yield* lines
  }
  if (rest !== '') yield rest
}

/** Writes lines into a gzipped file, as fast as the disk takes them and no faster. */
export async function writeLines(file, lines) {
  await pipeline(Readable.from(joined(lines), { objectMode: false }), createGzip({ level: 1 }), createWriteStream(file))
}

/** Lines in blocks of some size: a write for each would be slow. */
async function* joined(lines) {
  let block = ''
  for await (const line of lines) {
    block += `${line}\n`
    if (block.length < 2 ** 16) continue
    yield block
    block = ''
  }
  yield block
}
