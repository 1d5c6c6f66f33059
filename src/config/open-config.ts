import {configNotFound} from './discover.ts'
import {fileProblem} from './file-problem.ts'
import {parseConfig} from './load.ts'
import {invalidConfig, type LoadedConfig} from './loaded-config.ts'
import {readConfigFile} from './read-config-file.ts'
import {readTree, type Tree} from './read-tree.ts'
import {parseYaml, type YamlSource} from './yaml-source.ts'

/** A configuration file with all that is known of it: its text, where each thing stands, and what it comes to. */
export interface OpenConfig {
  readonly path: string
  readonly text: string
  readonly sha256: string
  readonly source: YamlSource
  readonly tree: Tree
  readonly loaded: LoadedConfig
}

/**
 * Opens a file that is to be shown, compared or edited. It may be invalid, but must be YAML (or JSON).
 * @throws AppError CONFIG_NOT_FOUND, CONFIG_INVALID
 */
export function openConfig(path: string, env: NodeJS.ProcessEnv): OpenConfig {
  const file = readConfigFile(path)
  if (!file.ok) {
    const {code, message, suggestion, line} = file.fault
    if (code === 'file.missing') throw configNotFound(path)
    throw invalidConfig({path, problems: [fileProblem(path, code, message, suggestion, line)]})
  }
  return openText(file.text, path, env, file.sha256)
}

function openText(text: string, path: string, env: NodeJS.ProcessEnv, sha256: string): OpenConfig {
  const loaded = parseConfig(text, path, {env}, sha256)
  const {source, fault} = parseYaml(text)
  if (fault !== undefined) throw invalidConfig(loaded)
  return {path, text, sha256, source, tree: readTree(source, env), loaded}
}

/** The same environment, with each variable that a text names and nobody has set standing for itself. */
export function withPlaceholders(text: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const all = {...env}
  for (const [, name = ''] of text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)) all[name] ??= `\${${name}}`
  return all
}
