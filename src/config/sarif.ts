import {pathToFileURL} from 'node:url'
import type {Problem} from './problem.ts'

/** Problems as SARIF 2.1.0, which code hosts and editors show at their lines. */
export function sarifOf(problems: readonly Problem[], version: string): object {
  const rules = [...new Set(problems.map(({code}) => code))]
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {driver: {name: 'only1mcp', semanticVersion: version, rules: rules.map(id => ({id}))}},
        columnKind: 'utf16CodeUnits',
        results: problems.map(({code, severity, message, suggestion, file, line, column, related}) => ({
          ruleId: code,
          ruleIndex: rules.indexOf(code),
          level: severity,
          message: {text: suggestion === null ? message : `${message}; ${suggestion}`},
          locations: [place(file, line, column)],
          relatedLocations: related.map((other, id) => ({
            id,
            message: {text: other.message},
            ...place(file, other.line, other.column),
          })),
        })),
      },
    ],
  }
}

/** Relative files stay relative: to where the command ran, as code hosts want it. */
function place(file: string, startLine: number, startColumn: number): object {
  const uri = file.startsWith('/') ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/')
  return {physicalLocation: {artifactLocation: {uri}, region: {startLine, startColumn}}}
}
