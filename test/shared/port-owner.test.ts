import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createServer} from 'node:net'
import {describe, expect, it} from 'vitest'
import {describePortOwner} from '../../src/shared/port-owner.ts'
import {userName} from '../../src/shared/user-name.ts'
import {atEnd} from '../helpers/at-end.ts'

const me = userName(process.getuid?.() ?? -1)

async function listen(host: string): Promise<number> {
  const server = createServer().listen(0, host)
  atEnd(() => {
    server.close()
  })
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('the owner of a port', () => {
  it('is this process for a port that it listens on', async () => {
    for (const host of ['127.0.0.1', '0.0.0.0']) {
      expect(await describePortOwner(await listen(host))).toMatch(new RegExp(`\\(pid ${process.pid}, user ${me}\\)$`))
    }
  })

  it('is another process by name, pid and user, until that ends', async () => {
    const code = "const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))"
    const child = spawn(process.execPath, ['-e', code], {stdio: ['ignore', 'pipe', 'inherit']})
    atEnd(() => {
      child.kill('SIGKILL')
    })
    const [line] = await once(child.stdout, 'data')
    const port = Number(String(line))
    expect(await describePortOwner(port)).toMatch(new RegExp(`^ by .+ \\(pid ${child.pid}, user ${me}\\)$`))
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await describePortOwner(port)).toBe('')
  })

  it('is not who only connects to it', async () => {
    const port = await listen('127.0.0.1')
    const child = spawn(process.execPath, [
      '-e',
      `require('net').connect(${port}, '127.0.0.1', () => console.log('up'))`,
    ])
    atEnd(() => {
      child.kill('SIGKILL')
    })
    await once(child.stdout, 'data')
    expect(await describePortOwner(port)).toContain(`pid ${process.pid},`)
  })
})

describe('a user', () => {
  it('has a name in /etc/passwd, or else is a number', () => {
    expect(userName(0)).toBe('root')
    expect(userName(3_999_999_999)).toBe('3999999999')
  })
})
