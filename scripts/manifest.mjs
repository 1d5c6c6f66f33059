import {Plugin} from '@oclif/core'

/**
 * The commands as oclif caches them, read from the compiled classes and never from an older manifest.
 * @param {string} root the package's folder
 */
export async function createManifest(root) {
  const plugin = new Plugin({
    root,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  return plugin.manifest
}
