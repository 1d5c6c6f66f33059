import {describe, expect, it} from 'vitest'
import {ownId, readId, recoverId} from '../../src/mcp/message-id.ts'

const read = (spelt: string) => readId(Buffer.from(spelt), 0, Buffer.byteLength(spelt))
const none = Buffer.alloc(0)

describe('an id of ours', () => {
  it.each([
    ['7', 7],
    ['7.0', 7],
    ['9007199254740991', 9007199254740991],
  ])('comes back as %s', (spelt, number) => {
    const id = read(spelt)
    expect(id && ownId(id)).toBe(number)
  })

  it.each(['"7"', '""', '7.5', '-7'])('is not %s', spelt => {
    const id = read(spelt)
    expect(id && ownId(id)).not.toBe(7)
  })
})

describe('the id of a message of which only the edges are left', () => {
  const recovered = (head: string, tail = ''): string | undefined =>
    recoverId(Buffer.from(head), Buffer.from(tail))?.key

  it('stands in the head, behind other whole members', () => {
    expect(recovered('{"jsonrpc":"2.0","_meta":{"id":1,"a":[{"id":2}]},"id":3,"result":{"a":"…')).toBe('n:3')
    expect(recovered(' {\n "\\u0069d" : "x" , "result":"')).toBe('s:x')
  })

  it('is not guessed from the head', () => {
    expect(recovered('{"result":{"id":1,"a":"…')).toBeUndefined()
    expect(recovered('[{"id":1},"')).toBeUndefined()
    expect(recovered('{"jsonrpc":"2.0","id":12')).toBeUndefined()
    expect(recovered('{"id":null,"result":"')).toBeUndefined()
    expect(recoverId(none, none)).toBeNull()
  })

  it('is searched in the tail in linear time', () => {
    const begin = performance.now()
    expect(recovered('{', '"id":1,'.repeat(585))).toBeUndefined()
    expect(recovered('{', '"id":"\\\\'.repeat(400))).toBeUndefined()
    expect(recovered('{', `"id":1${' '.repeat(4000)}`)).toBeUndefined()
    expect(recovered('{', `"id":1${',"a":1 '.repeat(500)}`)).toBeUndefined()
    expect(performance.now() - begin).toBeLessThan(200)
  })
})
