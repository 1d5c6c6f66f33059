import {describe, expect, it} from 'vitest'
import {secretArguments, secretsInUrl, tellsSecret} from '../../src/redaction/telling-names.ts'

describe('secrets that a name tells of', () => {
  it.each(['GITHUB_TOKEN', '--api-key', 'apikey', 'sig', 'x-auth', 'DB_PASSWORD', 'private_key'])('%s', name => {
    expect(tellsSecret(name)).toBe(true)
  })
  it.each(['page', '--port', 'keyboard', 'author', 'design', 'NODE_ENV'])('not %s', name => {
    expect(tellsSecret(name)).toBe(false)
  })
  it('are found among arguments, in either form', () => {
    const args = ['serve', '--token', 'aaa', '--api-key=bbb', 'PASSWORD=c=c', '--password', '--verbose', '--port', '80']
    expect(secretArguments(args)).toEqual(['aaa', 'bbb', 'c=c'])
  })
  it('are found in a URL, as they stand and decoded', () => {
    expect(secretsInUrl('https://me:p%40ss@h/x?page=2&access_token=a%2Fb&sig=%zz')).toEqual([
      'me',
      'p%40ss',
      'p@ss',
      'a%2Fb',
      'a/b',
      '%zz',
    ])
    expect(secretsInUrl('no url')).toEqual([])
  })
})
