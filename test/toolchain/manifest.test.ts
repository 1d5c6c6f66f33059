import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {packageRoot} from '../helpers/package-root.ts'
import {copyPackage, linkDependencies} from '../helpers/planted-package.ts'
import {runProgram} from '../helpers/program.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const shipped = () => JSON.parse(readFileSync(join(packageRoot, 'oclif.manifest.json'), 'utf8'))

describe('oclif.manifest.json', () => {
  it('is what the built commands say of themselves', async () => {
    expect(shipped()).toEqual(await generated(packageRoot))
  })

  it('would be found stale: a changed command and a new one show', async () => {
    const folder = tempDir()
    copyPackage(folder, ['dist', 'package.json', 'oclif.manifest.json'])
    linkDependencies(folder)
    const version = join(folder, 'dist/commands/version.js')
    const text = readFileSync(version, 'utf8')
    writeFileSync(join(folder, 'dist/commands/planted.js'), text)
    writeFileSync(version, text.replace("summary = '", "summary = 'now "))
    const fresh = await generated(folder)
    expect(fresh).not.toEqual(shipped())
    expect(Object.keys(fresh.commands)).toContain('planted')
    expect(fresh.commands.version.summary).toBe(`now ${shipped().commands.version.summary}`)
  })

  it('holds no path of the machine it was made on', () => {
    expect(JSON.stringify(shipped())).not.toContain(packageRoot)
  })
})

/** The manifest made anew, in a process of its own as the build does it. */
async function generated(root: string) {
  const script = `
    import {createManifest} from ${JSON.stringify(join(packageRoot, 'scripts/manifest.mjs'))}
    console.log(JSON.stringify(await createManifest(${JSON.stringify(root)})))`
  const {stdout, stderr, code} = await runProgram(process.execPath, ['--input-type=module', '-e', script])
  expect({stderr, code}).toEqual({stderr: '', code: 0})
  return JSON.parse(stdout)
}
