import {didYouMean} from './did-you-mean.ts'

/** What other programs call our keys. */
const namesElsewhere: Readonly<Record<string, string>> = {
  url: 'endpoint',
  uri: 'endpoint',
  address: 'endpoint',
  type: 'transport',
  cmd: 'command',
  program: 'command',
  workdir: 'cwd',
  directory: 'cwd',
  variables: 'env',
  disabled: 'enabled',
  listen: 'host',
  bind: 'host',
}

/** The key that an unknown one was probably meant to be. */
export function meantKey(key: string, keys: readonly string[]): string | undefined {
  const ours = Object.hasOwn(namesElsewhere, key) ? namesElsewhere[key] : undefined
  return ours !== undefined && keys.includes(ours) ? ours : didYouMean(key, keys)
}
