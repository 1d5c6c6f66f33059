import type {Check} from '../diagnostics/check.ts'
import type {DoctorReport} from '../diagnostics/report.ts'
import {printJson, printLine, schemaVersion} from './output.ts'
import {paintFor} from './style.ts'

export const doctorFormats = ['pretty', 'json', 'junit', 'sarif'] as const
export type DoctorFormat = (typeof doctorFormats)[number]

/** Prints a report; the exit status does not depend on the format. */
export async function printReport(report: DoctorReport, format: DoctorFormat, checks: readonly Check[]): Promise<void> {
  switch (format) {
    case 'json': {
      const {reportJson} = await import('../diagnostics/report-json.ts')
      return printJson(reportJson(report))
    }
    case 'junit': {
      const {reportJunit} = await import('../diagnostics/report-junit.ts')
      return printLine(reportJunit(report))
    }
    case 'sarif': {
      const {reportSarif} = await import('../diagnostics/report-sarif.ts')
      return printLine(JSON.stringify(reportSarif(report, checks, String(schemaVersion)), null, 2))
    }
    case 'pretty': {
      const {reportText} = await import('../diagnostics/report-text.ts')
      const paint = paintFor(process.stdout, process.env)
      const width = process.stdout.columns || 80
      for (const line of reportText(report, {checks, width, paint})) printLine(line)
    }
  }
}

export async function printChecks(json: boolean): Promise<void> {
  const {catalogue} = await import('../diagnostics/checks/catalogue.ts')
  const checks = catalogue.map(({id, category, severity, title, docs, after}) => ({
    id,
    category,
    severity,
    title,
    docs,
    after,
  }))
  if (json) return printJson({checks})
  const width = Math.max(...checks.map(({id}) => id.length))
  for (const {id, severity, title} of checks) printLine(`${id.padEnd(width)} ${severity}  ${title}`)
}

export async function printExplanation(id: string, json: boolean): Promise<void> {
  const {explainCheck} = await import('../diagnostics/explain-check.ts')
  const explanation = explainCheck(id)
  if (json) return printJson(explanation)
  printLine(`${explanation.id}: ${explanation.title}`)
  printLine()
  printLine(explanation.text)
}
