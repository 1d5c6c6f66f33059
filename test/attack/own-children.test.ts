import {expect, it} from 'vitest'
import {OwnChildren} from '../../src/proxy/own-children.ts'

it('clients may have so many children, and whoever has not used theirs for longest makes room', async () => {
  const leaving: (() => void)[] = []
  const children = new OwnChildren(() => {
    const leave = leaving.shift()
    setImmediate(() => leave?.())
    return leave !== undefined
  }, 2)
  leaving.push(await children.admit(), await children.admit())
  const third = await children.admit()
  leaving.length = 0
  await expect(children.admit()).rejects.toThrow('all of the 2 processes')
  third()
  third() // twice frees one place, not two
  await children.admit()
  await expect(children.admit()).rejects.toThrow('all of the 2 processes')
})
