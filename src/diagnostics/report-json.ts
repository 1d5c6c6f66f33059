import type {DoctorReport} from './report.ts'

/** The document of `doctor --json`, without `schemaVersion`: root cause first, healthy checks last. */
export function reportJson({verdict, rootCauses, findings}: DoctorReport): object {
  return {
    verdict,
    rootCauses,
    findings: findings.map(({id, status, subject, summary, evidence, causes, remedy, ms}) => ({
      id,
      status,
      subject,
      summary,
      evidence,
      causes,
      remedy,
      ms,
    })),
  }
}
