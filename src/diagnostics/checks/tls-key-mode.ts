import {type Check, notSeen, pass, skip, warn} from '../check.ts'

/** The private key of the TLS listener is private. */
export const tlsKeyMode: Check<['tls.key_mode']> = {
  id: 'tls.key_mode',
  category: 'auth',
  severity: 'warn',
  title: 'the private key is not readable by everybody',
  docs: 'the-private-key-is-readable-by-everybody',
  after: ['config.valid'],
  needs: ({outline}) => [`tls.key_mode:${outline?.tls?.key ?? ''}`],
  run([key], {outline}) {
    if (!outline?.tls) return [skip('', 'no TLS listener is configured')]
    if (key.state !== 'known') return [notSeen(key, outline.tls.key)]
    const {path, mode, ownedByUs} = key.value
    const shown = mode.toString(8).padStart(4, '0')
    if ((mode & 0o007) === 0) return [pass(path, `the private key has mode ${shown}`)]
    return [
      warn(path, `the private key is readable by everybody: ${path} has mode ${shown}`, {
        remedy: `chmod 640 ${path}; whoever read it can pass for this proxy, so have it renewed if others are on this host`,
        fix: ownedByUs ? {kind: 'mode', path, mode: mode & ~0o007} : undefined,
      }),
    ]
  },
}
