import {type Check, fail, info, notSeen, pass} from '../../check.ts'

/** Length of the key that a runtime makes for itself. */
const keyBytes = 32

/** The key that signs session ids is whole, and nobody else's: who has it can take over any session. */
export const stateSessionKey: Check<['state.session_key']> = {
  id: 'state.session_key',
  category: 'stores',
  severity: 'fail',
  title: 'the key of sessions is whole and private',
  docs: 'the-key-of-sessions-cannot-be-used',
  after: ['state.folder'],
  needs: ({stateDir}) => [`state.session_key:${stateDir ?? ''}`],
  run([key], {stateDir}) {
    if (key.state === 'absent') return [info(stateDir ?? '', 'there is no session.key: the first start makes one')]
    if (key.state !== 'known') return [notSeen(key, stateDir ?? '')]
    const {path, kind, mode, bytes, owner} = key.value
    const shown = (mode & 0o777).toString(8).padStart(4, '0')
    const remedy = `rm ${path}, then only1mcp restart: sessions of before are opened anew`
    const bad = (why: string, change = {}) => [
      fail(path, `the key of sessions cannot be used: ${why}`, {remedy, ...change}),
    ]
    if (kind !== 'file') return bad(`${path} is no regular file`)
    if (bytes !== keyBytes) return bad(`${path} has ${bytes} bytes, not ${keyBytes}`)
    if ((mode & 0o077) !== 0)
      return bad(`${path} has mode ${shown}, others may have read it`, {
        evidence: ['the next start makes a new one in its place'],
      })
    return [pass(path, `the key of sessions has ${bytes} bytes and is for ${owner} alone`)]
  },
}
